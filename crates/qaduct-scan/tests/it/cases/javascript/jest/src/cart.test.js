import { itIfLinux, describeIf } from "./platforms";

// it.skip("in a comment", () => {});
const text = "it.skip('in a text', () => {})";

describe("cart", () => {
  beforeEach(() => {});

  // FLAKY: https://github.com/acme/shop/issues/12
  it.skip("adds", () => {});

  test.skip("adds", () => {}); // the second of this name

  xit(`removes
    one`, async () => {});
  xtest("SHOP-7: clears", function () {});

  it("runs", () => {
    expect([1, 2].skip(1)).toBe(stream.only(2));
    items.skip("a", "b");
    cursor.skip(10).limit(5);
    _.skip("x");
  });

  it.todo("to be written");
  test.failing("is wrong", () => {});
  it.concurrent.skip("waits", async () => {});

  describe.skip("totals", () => {
    it("sums", () => {});
    it.skip("and rounds", () => {});
  });

  it.skip.each([
    [1, 2],
    [3, 4],
  ])("adds %i", (a, b) => {});

  it.skip.each`
    a    | b
    ${1} | ${2}
  `("adds $a", ({ a, b }) => {});

  test.each([1, 2])("runs %i", () => {});

  for (const name of ["a", "b"]) {
    test.skip(`of ${name}`, () => {});
    test.skip(name, () => {});
  }
});

const onlyLinux = process.platform === "linux" ? it : it.skip;
onlyLinux("uses inotify", () => {});

(process.env.CI ? test.skip : test)("opens a window", () => {});

(isWindows ? describe.skip : describe).each([1])("links %i", () => {});

if (process.version < "v20") {
  it.skip("uses fetch", () => {});
} else {
  it("uses fetch", () => {});
}

let maybe = it;
if (slow) maybe = it.skip;
maybe("is fast", () => {});

const ifDocker = (has) => (has ? describe : describe.skip);
ifDocker(hasDocker)("containers", () => {
  it("starts", () => {});
});

itIfLinux("reads /proc", () => {});
describeIf(process.env.DB)("database", () => {
  test("connects", () => {});
});

function skipOnCI(title, body) {
  (process.env.CI ? it.skip : it)(title, body);
}

xdescribe("old", () => {});
fit("focused", () => {});
fdescribe("focused too", () => {});
describe.only("and this", () => {
  it.only("and that", () => {});
});

jest.retryTimes(3);
model.fit("x", () => {});
process.exit(1);
it("without a body is an error here");
