import { Selector } from 'testcafe';

fixture`Cart`.page`https://example.org`;
test.skip('a', async t => {});
test.meta({ id: 'x' }).skip('b', async t => {});
fixture.skip`Old`.page`https://example.org`;
test('c', async t => {});
