const why = 'no layout, SHOP-3';

describe('grid', () => {
  // See https://github.com/acme/shop/issues/1
  (isJSDOM ? it.skip : it)('keeps its height', () => {});

  // Regression test for https://github.com/acme/shop/issues/2
  it.skip('keeps its width', () => {});

  // fails since https://github.com/acme/shop/issues/3
  (isJSDOM ? it.skip : it)('scrolls', () => {});

  // https://github.com/acme/shop/issues/4
  it.skip('sorts', () => {});

  it('filters', function () {
    this.skip(error.message);
  });
});
