import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Not part of `npm test`: the clients are large, and come from the npm registry at run time. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/clients/*.run.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
