export const it2 = it.skip;
export const itLater = xit;
const wobbly = it.skip;
const inner = describe.skip;
const kept = it.skip;
export { wobbly, inner as describeWobbly };
export const onLinux = process.platform === "linux" ? it : it.skip;

kept("is used here alone", () => {});
