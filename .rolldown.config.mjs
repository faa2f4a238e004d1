import { resolve } from 'node:path';
import { defineConfig } from 'rolldown';

/**
 * Serving one client over stdio is what nearly every start is for, and every file it opens costs a millisecond: all that
 * `main.ts` imports lands in one, and whatever it imports only when it is wanted stays in files of its own.
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
  // A module that is imported both ways stays where it is needed first.
  checks: { ineffectiveDynamicImport: false },
  output: {
    format: 'esm',
    cleanDir: true,
    // Node reads a text of plain bytes faster, and holds it in half the memory.
    charset: 'ascii',
    chunkFileNames: 'chunks/[name]-[hash].js',
    codeSplitting: { groups: [{ name: 'core', test: /src[\\/]main\.ts$/ }] },
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
