import test, { describe, it, suite } from 'node:test';
import assert from 'node:assert';

test('a', { skip: 'SHOP-4: broken' }, () => {});
test('b', { skip: process.platform === 'win32' ? 'not on Windows' : false }, () => {});
test('c', { skip: !hasCrypto && 'no crypto' }, () => {});
test('d', { todo: true }, () => {});
test('e', (t) => { t.skip('later'); });
test('f', async (t) => {
  await t.test('inner', { skip: true }, () => {});
  t.todo('soon');
});
test.skip('g', () => {});
it.todo('h');
describe.skip('i', () => { it('j', () => {}); });
test.only('k', () => {});
suite('l', { skip }, () => {});
describe('m', () => { it('n', { only: true }, () => {}); });
test({ name: 'o', skip: true }, () => {});
test('p', { expectFailure: 'why' }, () => {});
