import { chromium, webkit, type Page } from '@playwright/test';

it.skipIf(browserType.name() === 'webkit')('reorders columns', async () => {});
