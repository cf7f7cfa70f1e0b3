<?php

it('adds', function () {
    expect(1)->toBe(1);
});

it('sums', fn () => 1)->skip();
it('rounds', function () {
    $this->markTestSkipped('later');
})->group('cart');
test('links', fn () => 1)->skip(PHP_OS_FAMILY === 'Windows', 'not on Windows');
test('asks', fn () => 1)->skip(fn () => ! hasDocker(), 'needs Docker');
test('opens', fn () => 1)->skip('SHOP-4')->skipOnMac();
todo('is to be written');
it('is planned')->todo(issue: 12, assignee: 'ann', note: 'after the release');
it('fails', fn () => 1)->fails();
it('is the one', fn () => 1)->only();
it('flickers', fn () => 1)->group('flaky');

describe('group', function () {
    beforeEach(function () {
        collect([1, 2])->skip(1);
    })->skip(false, 'no more');
    it('is inside', fn () => 1)->skipOnWindows();
})->skip('all of it');

beforeEach()->skip('nothing today');

$users->skip(3)->take(2);
