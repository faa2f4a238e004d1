import { resolve } from 'node:path';
import { leanSdk } from './scripts/lean-sdk.mjs';

/** Everything is bundled but the native SQLite driver, which only old versions of Node need. */
const common = {
  platform: 'node',
  transform: { target: 'node20' },
  external: ['@photostructure/sqlite'],
  logLevel: 'warn',
};

const output = {
  cleanDir: true,
  // Node parses ASCII source faster and stores it in half the memory.
  charset: 'ascii',
  // Names at the top of a module stay, so that a stack trace can be read.
  minify: { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: true } },
};

const shims = resolve(import.meta.dirname, 'src/server/mcp/sdk-shims.ts');

/** What the first call loads, besides its store and undici: one file, with everything they import. */
const FIRST_CALL = [
  'server/mcp/tools/call-tool.ts',
  'server/mcp/tools/update-user.lazy.ts',
  'upstream/records.ts',
  'update/write/recovery.ts',
  'approvals/undo/run.ts',
  ...['seal', 'key', 'storable', 'windows', 'notices', 'log/group-commit'].map((name) => `store/${name}.ts`),
].map((path) => resolve(import.meta.dirname, 'src', path));

/**
 * Nearly every start serves one client over stdio, and every opened file costs a millisecond: what `main.ts` imports
 * statically goes into one file, and dynamic imports stay in chunks of their own.
 */
export const program = {
  ...common,
  input: 'src/main.ts',
  plugins: [leanSdk],
  resolve: {
    alias: {
      '@modelcontextprotocol/server/_shims': shims,
      '@modelcontextprotocol/client/_shims': shims,
      // Its main file calls `require` in a way that cannot be bundled.
      'jsonc-parser': resolve(import.meta.dirname, 'node_modules/jsonc-parser/lib/esm/main.js'),
    },
  },
  // A module imported both statically and dynamically stays in the static chunk.
  checks: { ineffectiveDynamicImport: false },
  output: {
    ...output,
    format: 'esm',
    // All in one folder, so that each finds `pino.cjs` beside itself.
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {
      groups: [
        { name: 'core', test: /src[\\/]main\.ts$/, priority: 1 },
        { name: 'calls', test: (id) => FIRST_CALL.includes(id) },
      ],
    },
  },
};

/** What the program loads with `require`. */
export const required = {
  ...common,
  input: 'src/lib/pino.cjs',
  output: { ...output, format: 'cjs', entryFileNames: '[name].cjs', cleanDir: false },
};

export default [program, required];
