import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'web/src/**/*.test.ts'],
    setupFiles: ['tests/support/seed.ts'],
    // A machine at work elsewhere takes many times as long as an idle one; no test waits for its limit.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ['default', './scripts/closing-line-reporter.ts'],
  },
});
