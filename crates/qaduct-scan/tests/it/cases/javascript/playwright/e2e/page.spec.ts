import { test as it, expect } from '@playwright/test';

it('loads', async ({ browserName }) => {
  it.skip(browserName === 'firefox');
  it.fixme(browserName === 'webkit', 'slow there ABC-12');
});

it('scrolls', async ({ page }) => {
  it.fixme();
});

it.describe('in Chromium', () => {
  it.skip(({ browserName }) => browserName !== 'chromium', 'Chromium only!');
  it.fixme('zooms', async ({ page }) => {});
});
