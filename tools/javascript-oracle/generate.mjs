// Writes suites of all forms of a framework in random order.
//
//     node generate.mjs FRAMEWORK FOLDER SEED
import { mkdirSync, writeFileSync } from "node:fs";

const [framework, folder, seed] = process.argv.slice(2);
let state = (Number(seed) * 2654435761) % 2 ** 32;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = (list) => list[random(list.length)];

const heads = {
  jest: "const cond = true, off = false;\nconst itIf = (c) => (c ? it : it.skip);\nconst never = cond ? test.skip : test;",
  vitest: "import { describe, it, test, beforeEach } from 'vitest';\nconst cond = true, off = false;\nconst itIf = (c) => (c ? it : it.skip);\nconst never = cond ? test.skip : test;",
  mocha: "const cond = true, off = false;\nconst itIf = (c) => (c ? it : it.skip);\nconst never = cond ? it.skip : it;\nfunction skipHere(test) { test.skip(); }",
  "node-test": "import test, { describe, it } from 'node:test';\nconst cond = true, off = false;\nconst itIf = (c) => (c ? it : it.skip);\nconst never = cond ? it.skip : it;",
  playwright: "import { test } from '@playwright/test';\nconst cond = true;",
};
const body = "() => {}";
const tests = {
  jest: [
    (t) => `it(${t}, ${body});`, (t) => `test(${t}, async () => {});`, (t) => `it.skip(${t}, ${body});`,
    (t) => `test.skip(${t}, function () {});`, (t) => `xit(${t}, ${body});`, (t) => `xtest(${t}, ${body});`,
    (t) => `it.todo(${t});`, (t) => `test.concurrent.skip(${t}, async () => {});`,
    (t) => `it.skip.each([[1]])(${t}, (a) => {});`, (t) => `it.skip.each\`\n  a\n  \${1}\n\`(${t}, ({ a }) => {});`,
    (t) => `(cond ? it.skip : it)(${t}, ${body});`, (t) => `(off ? it.skip : it)(${t}, ${body});`,
    (t) => `never(${t}, ${body});`, (t) => `itIf(off)(${t}, ${body});`, (t) => `itIf(cond)(${t}, ${body});`,
    (t) => `if (cond) { it.skip(${t}, ${body}); } else { it(${t}, ${body}); }`,
    (t) => `it.failing(${t}, () => { throw new Error(); });`,
    (t) => `// it.skip(${t}, ${body});\nit(${t}, () => { [1].map((skip) => skip); });`,
    (t) => `it(${t}, () => { const it = "it.skip('x', () => {})"; });`,
    (t) => `it\n  .skip(\n    ${t},\n    ${body},\n  );`,
  ],
  vitest: [
    (t) => `it(${t}, { skip: true }, ${body});`, (t) => `it(${t}, { skip: false }, ${body});`,
    (t) => `it(${t}, { todo: true });`, (t) => `it.skipIf(cond)(${t}, ${body});`, (t) => `it.skipIf(off)(${t}, ${body});`,
    (t) => `it.runIf(off)(${t}, ${body});`, (t) => `it.runIf(cond).concurrent(${t}, ${body});`,
    (t) => `it.skipIf(cond).each([1])(${t}, ${body});`, (t) => `test(${t}, (ctx) => ctx.skip());`,
    (t) => `test(${t}, ({ skip }) => { if (cond) skip('why'); });`, (t) => `test(${t}, (ctx) => { ctx.skip(off, 'why'); });`,
    (t) => `test.fails(${t}, () => { throw new Error(); });`,
  ],
  mocha: [
    (t) => `it(${t});`, (t) => `it(${t}, function () { this.skip(); });`, (t) => `specify.skip(${t}, ${body});`,
    (t) => `it(${t}, function () { if (cond) { return this.skip(); } });`, (t) => `it(${t}, function () { const self = this; self.skip(); });`,
    (t) => `it(${t}, function () { this.retries(2); });`, (t) => `it(${t}, (done) => done());`, (t) => `xspecify(${t}, ${body});`,
  ],
  "node-test": [
    (t) => `test(${t}, { skip: true }, ${body});`, (t) => `test(${t}, { skip: 'why' }, ${body});`, (t) => `test(${t}, { skip: false }, ${body});`,
    (t) => `test(${t}, { skip: cond && 'why' }, ${body});`, (t) => `test(${t}, { skip: off ? 'why' : false }, ${body});`,
    (t) => `test(${t}, { todo: true }, ${body});`, (t) => `test(${t}, { todo: 'why' }, ${body});`,
    (t) => `it(${t}, (t) => { t.skip('why'); });`, (t) => `it(${t}, (t) => { t.todo(); });`,
    (t) => `it(${t}, (context) => { if (cond) context.skip(); });`, (t) => `it(${t}, function () { this.skip(); });`,
  ],
  playwright: [
    (t) => `test(${t}, async ({ page }) => {});`, (t) => `test.skip(${t}, async ({ page }) => {});`, (t) => `test.fixme(${t}, async ({ page }) => {});`,
    (t) => `test.fail(${t}, async ({ page }) => {});`, (t) => `test.fixme(${t}, { annotation: { type: 'issue', description: 'A-1' } }, async () => {});`,
    (t) => `test(${t}, { annotation: { type: 'issue', description: 'A-2' } }, async () => {});`, (t) => `test(${t}, { tag: '@fast' }, async () => {});`,
    (t) => `test(${t}, async () => { test.slow(); });`,
  ],
};
const plain = tests.jest.filter((_, at) => ![5, 6, 7, 8, 9, 16].includes(at));
const common = { vitest: tests.jest.filter((_, at) => ![4, 5, 16].includes(at)), mocha: plain.filter((it) => !/\btest[.(]|xtest/.test(it("x"))), "node-test": plain.filter((it) => !/xit/.test(it("x"))), jest: [], playwright: [] };
const suites = {
  jest: ["describe", "describe", "describe", "describe.skip", "xdescribe", "(cond ? describe.skip : describe)"],
  vitest: ["describe", "describe", "describe", "describe.skip", "describe.skipIf(cond)", "describe.runIf(cond)", "describe.todo"],
  mocha: ["describe", "describe", "context", "describe.skip", "xcontext", "xdescribe"],
  "node-test": ["describe", "describe", "describe", "describe.skip"],
  playwright: ["test.describe", "test.describe", "test.describe.serial", "test.describe.skip", "test.describe.fixme"],
}[framework];
const forms = [...common[framework], ...tests[framework]];
let number = 0;
const title = () => {
  number += 1;
  return pick([`'test ${number}'`, `"test ${number} (SHOP-${number})"`, `\`test ${number}\``, `'it\\'s test ${number}'`]);
};
function suite(depth) {
  const lines = [];
  for (let at = 0; at < 2 + random(5); at += 1) {
    if (depth < 3 && random(4) === 0) {
      const inner = suite(depth + 1).join("\n").replaceAll("\n", "\n  ");
      lines.push(`${pick(suites)}(${title()}, () => {\n  ${inner}\n});`);
    } else {
      lines.push(pick(forms)(title()));
    }
  }
  return lines;
}
mkdirSync(folder, { recursive: true });
const ending = { "node-test": "test.mjs", vitest: "test.ts", playwright: "spec.ts" }[framework] ?? "test.js";
for (let file = 0; file < 12; file += 1) {
  const extra = framework === "playwright" ? "" : `\n${framework === "mocha" || framework === "node-test" ? "it" : "test"}('runs in ${file}', () => {});`;
  writeFileSync(`${folder}/s${file}.${ending}`, `${heads[framework]}\n\n${suite(0).join("\n\n")}${extra}\n`);
}
const names = { "node-test": {}, playwright: { "@playwright/test": "1" } }[framework] ?? { [framework]: "1" };
writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, devDependencies: names }));
