'use strict';
const assert = require('assert');

describe('server', function () {
  this.retries(4);
  this.timeout(1000);

  before(function () {
    // SHOP-21
    if (!process.env.DB) this.skip();
  });

  it('is to be written');
  it("is too",
  );
  it('starts', function () {
    if (isWindows) {
      return this.skip();
    }
  });
  it('stops', function () {
    this.skip('why');
    walk({ enter: function () { this.skip(); } });
  });
  it('asks', () => { query.skip(3); });
  context.skip('old', function () {});
  xcontext('older', function () {});
  specify.skip('x', function () {});
  (has ? it : it.skip)('is fast', done => done());
  it('retries', function () { this.retries(2); });
  it('does not', function () { this.retries(0); });
});

it.skip('has a reason', function () {}).skipReason = 'later';
it('is in an object', {
  metadata: {},
  test: function () {
    this.test.skip();
  },
});

suite.skip('tdd', () => { test('a', () => {}); });

function skipIfWindows() {
  if (isWindows) this.skip();
}
