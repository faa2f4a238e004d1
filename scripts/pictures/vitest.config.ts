import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** `npm run pictures`: not a test, but it needs what the tests have. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['scripts/pictures/pictures.run.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
