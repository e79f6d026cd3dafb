// Test projects: `unit` needs nothing, `integration` a PostgreSQL of its own, `browser` Debian's chromium, `interop` XRootD.
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
};
const project = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

export default {
  projects: [
    project('unit', ['<rootDir>/test/{unit,property,cases}/**/*.test.ts']),
    project('integration', ['<rootDir>/test/integration/**/*.test.ts'], withDatabase),
    project('browser', ['<rootDir>/test/browser/**/*.test.ts'], withDatabase),
    project('interop', ['<rootDir>/test/interop/**/*.test.ts'], withDatabase),
  ],
  testTimeout: 60_000,
  maxWorkers: 2,
};
