module.exports = {
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/', '<rootDir>/e2e/'], // SHOP-30
  coveragePathIgnorePatterns: ['/x/'],
};
