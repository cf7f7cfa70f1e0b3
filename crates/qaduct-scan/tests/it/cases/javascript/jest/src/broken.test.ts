describe("broken", () => {
  it.skip("before", () => {});
  it("half", () => { const x = ;
  <<<<<<< HEAD
  it.skip("after", (): void => {});
  >>>>>>> other
});
