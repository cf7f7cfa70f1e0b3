import { module, test, skip, todo } from 'qunit';

module('sums', function (hooks) {
  skip('a', function (assert) {});
  todo('b', function (assert) {});
  test.if('c', hasDocker, function (assert) {});
  QUnit.skip('d', function (assert) {});
});
QUnit.module.skip('old', function () {});
QUnit.only('e', function (assert) {});
