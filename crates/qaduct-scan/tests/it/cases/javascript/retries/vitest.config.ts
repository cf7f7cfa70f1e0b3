import { defineConfig } from 'vitest/config';

export default defineConfig({
  server: { retry: 9 },
  test: { retry: 2 },
});
