export const itIfLinux = process.platform === "linux" ? it : it.skip;
export const describeIf = (condition) => (condition ? describe : describe.skip);
