import { defineConfig } from 'rolldown';

/** The packing program, so that it can read the registries of `src` on every supported version of Node. */
export default defineConfig({
  input: 'scripts/pack/pack-all.ts',
  platform: 'node',
  transform: { target: 'node20' },
  // Packages stay in node_modules.
  external: (id) => /^(?![./]|\w:)/.test(id) && id !== 'scripts/pack/pack-all.ts',
  logLevel: 'warn',
  output: { dir: 'scripts/pack/.run', format: 'esm', cleanDir: true },
});
