import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Native libraries and ffmpeg share two cores with the tests: one file at a time keeps times honest.
    fileParallelism: false,
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A busy machine is slow; what never comes still fails.
    expect: { poll: { timeout: 30_000 } },
  },
});
