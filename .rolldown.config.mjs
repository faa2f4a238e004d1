import { resolve } from 'node:path';
import { defineConfig } from 'rolldown';

/**
 * Nearly every start serves one client over stdio, and every opened file costs a millisecond: what `main.ts` imports
 * statically goes into one file, and dynamic imports stay in chunks of their own.
 */
export default defineConfig({
  input: 'src/main.ts',
  platform: 'node',
  transform: { target: 'node20' },
  external: ['@photostructure/sqlite', 'pino', 'undici'],
  resolve: {
    alias: { '@modelcontextprotocol/server/_shims': resolve(import.meta.dirname, 'src/server/mcp/sdk-shims.ts') },
  },
  logLevel: 'warn',
  // A module imported both statically and dynamically stays in the static chunk.
  checks: { ineffectiveDynamicImport: false },
  output: {
    format: 'esm',
    cleanDir: true,
    // Node parses ASCII source faster and stores it in half the memory.
    charset: 'ascii',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { groups: [{ name: 'core', test: /src[\\/]main\.ts$/ }] },
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
