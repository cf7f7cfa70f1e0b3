import { test as base } from '@playwright/test';

export const it = base.extend<{ cart: string }>({ cart: 'full' });
export { expect } from '@playwright/test';
