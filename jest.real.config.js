import unit from './jest.config.js';

/** The suites with real tools: registries, ko, crane. One at a time, because they share the machine's two cores. */
export default {
  ...unit,
  roots: ['<rootDir>/test/real', '<rootDir>/test/conformance'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
  maxWorkers: 2,
};
