// Writes each test as one line: where it stands and whether it ran.
module.exports = class {
  constructor(runner) {
    const say = (state) => (test) => {
      const suites = test.titlePath().slice(0, -1);
      console.log(`\n${JSON.stringify({ path: test.file, suites, title: test.title, state })}`);
    };
    runner.on("pass", say("passed"));
    runner.on("fail", say("failed"));
    runner.on("pending", say("pending"));
  }
};
