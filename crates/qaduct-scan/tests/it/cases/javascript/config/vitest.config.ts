import { configDefaults, defineConfig } from 'vitest/config'
export default defineConfig({
  build: { exclude: ['no'] },
  test: { exclude: [...configDefaults.exclude, '**/old/**'], coverage: { exclude: ['a'] } },
})
