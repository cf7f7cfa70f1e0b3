var test = require('tape');

test('a', { skip: true }, function (t) { t.skip('an assertion'); });
test.skip('b', function (t) {});
test('c', function (t) { t.test('d', { skip: 'why' }, function (st) {}); });
