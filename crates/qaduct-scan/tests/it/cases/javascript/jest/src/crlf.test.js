describe("crlf", () => {
  // see SHOP-9
  it.skip("b", () => {});
});
