import { it, expect } from './fixtures';

it('pays', async ({ cart, isMobile }) => {
  it.skip(isMobile, 'no wallet');
  it.fixme();
});
