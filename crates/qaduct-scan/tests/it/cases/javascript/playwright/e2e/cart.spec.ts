import { test, expect } from './fixtures';

test.skip(({ browserName }) => browserName === 'webkit', 'not in WebKit');

test.describe('cart', () => {
  test.skip(process.platform === 'darwin');
  test.describe.configure({ mode: 'serial', retries: 2 });

  test.skip('adds', async ({ page }) => {});
  test.fixme('removes', {
    tag: '@slow',
    annotation: { type: 'issue', description: 'https://github.com/acme/shop/issues/5' },
  }, async ({ page }) => {});
  test('runs', {
    annotation: { type: 'issue', description: 'https://github.com/acme/shop/issues/6' },
  }, async ({ page }) => {});
  test('flaky', { tag: ['@fast', '@flaky'] }, async ({ page }) => {});
  test('clears', async ({ page, browserName }, testInfo) => {
    test.skip(browserName === 'firefox', 'SHOP-1: clears too much');
    testInfo.fixme(testInfo.retry > 1, 'later');
    test.slow();
    if (mobile) test.fixme();
    test.fail();
    test.skip(false, 'no more');
    await page.locator('x').skip(1);
  });
  test.fail('is wrong', async ({ page }) => {
    test.info().annotations.push({ type: 'issue', description: 'SHOP-2' });
  });
  test.beforeEach(async ({ isMobile }) => {
    test.fixme(isMobile, 'Settings page does not work in mobile yet');
  });
});

test.describe.fixme('old', () => { test('a', async () => {}); });
test.describe.skip(() => {});
test.only('focused', async () => {});
authTest.skip('logs in', async ({ page }) => {});
