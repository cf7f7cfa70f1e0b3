import { describeWobbly, it2, itLater, onLinux, wobbly } from "./helpers";
import * as helpers from "./helpers";
import { withServer } from "./server";

it2("adds", () => {
  expect(1 + 1).toBe(2);
});

itLater("subtracts", () => {});

describe("sums", () => {
  wobbly("wobbles", () => {});

  helpers.wobbly("wobbles by its module", () => {});

  onLinux("needs Linux", () => {});

  withServer("is no mute", () => {
    test("runs", () => {});
  });
});

describeWobbly("a suite", () => {
  test("is muted with it", () => {});
});
