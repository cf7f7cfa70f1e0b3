import { describe, expect, it, test as base, vi } from 'vitest'

const test = base.extend<{ db: Db }>({ db: async ({}, use) => use(open()) })

describe('math', { retry: 2 }, () => {
  it('adds', { skip: true }, () => {})
  it('sums', { skip: false }, () => {})
  it('divides', { fails: true }, () => {})
  it('roots', { todo: true })
  it('rounds', { retry: 3, timeout: 10 }, () => {})
  it.skipIf(process.platform === 'win32')('links', () => {})
  it.runIf(process.env.CI).concurrent('uploads', () => {})
  it.skipIf(isWindows).each([1, 2])('opens %i', () => {})
  it.skipIf(false)('always', () => {})
  test.fails('is wrong', () => {})
  test.todo('later')

  it('asks', (context) => {
    context.skip()
  })
  it('asks for a reason', ({ skip }) => {
    if (!hasNetwork) skip('no network')
  })
  it('asks under a condition', (ctx) => {
    ctx.skip(!hasDocker, 'SHOP-3: needs Docker')
  })
  beforeEach((ctx) => {
    if (isBrowser) ctx.skip()
  })
  const onWindows = test.runIf(isWindows)
  onWindows('drives', () => {})
  walk(ast, {
    enter(node) {
      this.skip()
    },
  })
})

describe.runIf(isBuild).skip('build', () => {})
describe.todo('empty')
test.for([1])('of %i', () => {})
