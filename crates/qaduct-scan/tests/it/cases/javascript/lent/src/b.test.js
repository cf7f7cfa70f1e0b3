const { held, plain } = require("./common");
const common = require("./common");

held("holds", () => {});

plain("runs", () => {});

common.stopped("stops", () => {});
