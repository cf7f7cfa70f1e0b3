describe('cart', { retries: { runMode: 3 } }, () => {
  it('adds', { browser: '!firefox' }, () => { cy.visit('/'); });
  it('sums', { browser: 'chrome', tags: ['@quarantine'] }, () => {});
  it('asks', function () {
    if (Cypress.isBrowser('firefox')) this.skip();
    cy.skipOn('windows');
  });
  // https://github.com/acme/shop/issues/77
  it.skip('flaky', { retries: 15 }, () => {});
  it('later');
});
