const held = it.skip;
module.exports = { held, waits: test.todo, plain: it };
module.exports.stopped = it.skip;
