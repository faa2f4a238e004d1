import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { noticesOf } from './notices.mjs';

/**
 * `node scripts/build.mjs CONFIG [--dir DIR] [--notices FILE]` builds what `rolldown --config CONFIG --dir DIR` builds,
 * without the list of files that the rolldown command prints at every log level. Warnings and errors are printed. The
 * notices of the packages that went into it are written to the file.
 */
const options = { dir: { type: 'string' }, notices: { type: 'string' } };
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const config = await import(pathToFileURL(resolve(positionals[0])).href);
const bundles = [config.default].flat();
const moduleIds = [];
for (const bundle of bundles) {
  const { output } = await build({ ...bundle, output: { ...bundle.output, ...(values.dir && { dir: values.dir }) } });
  moduleIds.push(...output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds.map(toPath) : [])));
}
if (values.notices) writeFileSync(values.notices, noticesOf(moduleIds));

/** A module may be in the bundle more than once, told apart by a query. */
function toPath(moduleId) {
  return moduleId.replace(/\?\w+$/, '');
}
