const { defineConfig } = require('cypress');

module.exports = defineConfig({ retries: { runMode: 2, openMode: 0 } });
