const { defineConfig } = require('cypress');

module.exports = defineConfig({ retries: { runMode: 0, openMode: 0 } });
