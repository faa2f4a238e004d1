import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';

/**
 * `node scripts/build.mjs CONFIG [--dir DIR]` builds what `rolldown --config CONFIG --dir DIR` builds, without the list of
 * files that the rolldown command prints at every log level. Warnings and errors are printed.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { dir: { type: 'string' } } });
const config = await import(pathToFileURL(resolve(positionals[0])).href);
const bundles = [config.default].flat();
for (const bundle of bundles) {
  await build({ ...bundle, output: { ...bundle.output, ...(values.dir && { dir: values.dir }) } });
}
