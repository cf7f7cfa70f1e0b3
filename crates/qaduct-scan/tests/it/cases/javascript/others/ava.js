import test from 'ava';

test.skip('a', t => {});
test.serial.failing('b', t => {});
test.todo('c');
test.only('d', t => {});
test('e', t => { t.is.skip(1, 2); });
test.skip(macro, 1);
