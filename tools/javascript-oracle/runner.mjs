// Asks a runner which tests it skips, and writes them as a list of
// { path, suites, title, state }.
//
//     node runner.mjs FRAMEWORK FOLDER OUT [ARGUMENTS OF THE RUNNER...]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [framework, folder, out, ...rest] = process.argv.slice(2);
const report = `${out}.report`;
const path = (file) => relative(folder, resolve(folder, file));

function bin(name) {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "node_modules/.bin", name);
    if (existsSync(file)) return file;
    if (at === dirname(at)) return name;
  }
}
function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 30, ...options });
  if (done.error) throw done.error;
  return done.stdout;
}
function files(at, found = []) {
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === ".git") continue;
    const file = join(at, entry.name);
    if (entry.isDirectory()) files(file, found);
    else if (/[.-_](test|spec)\.[cm]?js$/.test(entry.name)) found.push(file);
  }
  return found;
}

const ask = {
  jest() {
    run(bin("jest"), ["--json", "--testLocationInResults", `--outputFile=${report}`, "--rootDir", folder, ...rest]);
    return JSON.parse(readFileSync(report, "utf8")).testResults.flatMap((file) =>
      file.assertionResults.map((it) => ({ path: path(file.name), suites: it.ancestorTitles, title: it.title, state: it.status })));
  },
  vitest() {
    run(bin("vitest"), ["run", "--reporter=json", `--outputFile=${report}`, "--root", folder, ...rest]);
    return JSON.parse(readFileSync(report, "utf8")).testResults.flatMap((file) =>
      file.assertionResults.map((it) => ({ path: path(file.name), suites: it.ancestorTitles, title: it.title, state: it.status })));
  },
  mocha() {
    const text = run(bin("mocha"), ["--exit", "--reporter", fileURLToPath(new URL("mocha-reporter.cjs", import.meta.url)), ...(rest.length ? rest : files(folder))]);
    return text.split("\n").filter((it) => it.startsWith("{")).map((it) => JSON.parse(it)).map((it) => ({ ...it, path: path(it.path) }));
  },
  "node-test"() {
    const reporter = fileURLToPath(new URL("node-reporter.mjs", import.meta.url));
    const text = run(process.execPath, ["--test", `--test-reporter=${reporter}`, ...(rest.length ? rest : files(folder))]);
    return text.split("\n").filter((it) => it.startsWith("{")).map((it) => JSON.parse(it)).map((it) => ({ ...it, path: path(it.path) }));
  },
  playwright() {
    const listed = JSON.parse(run(bin("playwright"), ["test", "--list", "--reporter=json", ...rest]));
    const root = listed.config?.rootDir ?? folder;
    const tests = [];
    const walk = (suite, suites) => {
      for (const spec of suite.specs ?? []) {
        for (const test of spec.tests) {
          const types = test.annotations.map((it) => it.type);
          const state = types.some((it) => it === "skip" || it === "fixme") ? "skipped" : types.includes("fail") ? "fail" : "runs";
          tests.push({ path: relative(folder, resolve(root, spec.file)), suites, title: spec.title, state });
        }
      }
      for (const inner of suite.suites ?? []) walk(inner, [...suites, inner.title]);
    };
    for (const file of listed.suites) walk(file, []);
    return tests;
  },
}[framework];
writeFileSync(out, JSON.stringify(ask()));
