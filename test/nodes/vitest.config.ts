import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Not part of `npm test`: six versions of Node, which come from the npm registry at run time. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..', '..'),
    include: ['test/nodes/nodes.run.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
