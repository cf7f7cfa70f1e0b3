describe('jasmine', function () {
  beforeEach(function () { jasmine.clock().install(); });
  it('a', function () { pending('SHOP-8'); });
  it('b');
  xit('c', function () {});
});
