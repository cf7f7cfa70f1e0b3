import { defineConfig, devices } from '@playwright/test';

export default defineConfig({
  // SHOP-12
  retries: process.env.CI ? 2 : 0,
  projects: [
    { name: 'chromium', use: devices['Desktop Chrome'], retries: 3 },
    { name: 'firefox', retries: 0 },
  ],
});
