// Writes each test as one line: where it stands and whether it ran.
export default async function* reporter(events) {
  const path = new Map();
  for await (const { type, data } of events) {
    if (type === "test:start") {
      const open = path.get(data.file) ?? [];
      path.set(data.file, [...open.slice(0, data.nesting), data.name]);
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    const suites = (path.get(data.file) ?? []).slice(0, data.nesting);
    if (data.details?.type === "suite" && data.skip === undefined && data.todo === undefined) continue;
    const state = data.skip !== undefined ? "skipped" : data.todo !== undefined ? "todo" : "runs";
    yield `\n${JSON.stringify({ path: data.file, suites, title: data.name, state, suite: data.details?.type === "suite" })}\n`;
  }
}
