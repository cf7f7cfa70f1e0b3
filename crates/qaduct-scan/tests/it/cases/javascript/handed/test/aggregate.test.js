async function onlyAtOrAbove(version, ctx) {
  if (await serverVersion() < version) {
    ctx.skip();
  }
}

describe('aggregate', function() {
  it('graphs', async function() {
    await onlyAtOrAbove('3.4', this);
  });

  it('facets', function() {
    if (ready()) {
      return;
    }
    this.skip();
  });
});
