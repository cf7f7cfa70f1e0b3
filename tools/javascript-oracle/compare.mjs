// Compares the tests that a runner skips with the mutes that qaduct finds.
//
//     node compare.mjs FRAMEWORK oracle.json mutes.json
import { readFileSync, writeFileSync } from "node:fs";

const [framework, oracle, mutes] = process.argv.slice(2);
const tests = JSON.parse(readFileSync(oracle, "utf8"));
let found = JSON.parse(readFileSync(mutes, "utf8"));
found = Array.isArray(found) ? found : found.items;

const MUTED = new Set(["skipped", "pending", "todo", "disabled", "fail"]);
const silent = new Set(["skip", "cond_skip", "todo", ...(framework === "playwright" ? ["xfail_strict"] : []), ...(framework === "node-test" ? ["xfail"] : [])]);
const key = (path, names) => `${path}::${names.filter(Boolean).map((it) => it.replace(/\s+/g, " ")).join("::")}`;
// Places by their names; a part of a name that is computed (`${name}`) may be anything.
class Places {
  exact = new Set();
  patterns = [];
  add(name) {
    if (!name.includes("${")) this.exact.add(name);
    else this.patterns.push(new RegExp(`^${name.split(/\$\{[^}]*\}/).map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`));
  }
  has(name) {
    return this.exact.has(name) || this.patterns.some((it) => it.test(name));
  }
}
const sure = new Places();
const maybe = new Places();
// Titles that are computed are not known; the suite around them is.
const computed = new Places();
for (const it of found) {
  if (!silent.has(it.kind) || it.effective === false) continue;
  const name = it.test.replace(/ #\d+$/, "");
  if (it.dynamic) computed.add(key(it.path, [it.container]));
  (it.kind === "cond_skip" || it.condition ? maybe : sure).add(key(it.path, [it.container, name]));
}
const covers = (set, test) => {
  for (let n = 1; n <= test.suites.length; n += 1) if (set.has(key(test.path, test.suites.slice(0, n)))) return true;
  return set.has(key(test.path, [...test.suites, test.title]));
};
let agree = 0;
let open = 0;
const missed = [];
const wrong = [];
for (const test of tests) {
  const muted = MUTED.has(test.state);
  if (muted && (covers(sure, test) || covers(maybe, test) || computed.has(key(test.path, test.suites)))) agree += 1;
  else if (muted) missed.push(test);
  else if (covers(sure, test)) wrong.push(test);
  else if (covers(maybe, test)) open += 1;
}
const show = (it) => `  ${it.path}: ${[...it.suites, it.title].join(" > ")} (${it.state})`;
console.log(`${framework}: ${tests.length} tests, ${agree + missed.length} muted; found by both ${agree}, missed ${missed.length}, wrong ${wrong.length}; with a condition that does not hold here ${open}`);
for (const it of missed) console.log(`missed${show(it)}`);
for (const it of wrong) console.log(`wrong${show(it)}`);
if (process.env.ORACLE_JSON) {
  const numbers = { framework, tests: tests.length, muted: agree + missed.length, found: agree, missed: missed.length, wrong: wrong.length, open };
  writeFileSync(process.env.ORACLE_JSON, `${JSON.stringify(numbers)}\n`);
}
process.exit(missed.length + wrong.length > 0 ? 1 : 0);
