import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown';
import { beforeAll, expect, it } from 'vitest';
import { ROOT } from '../support/sources/read.ts';

/** The notices of the built program against what the bundler puts into it. */

const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'Unlicense', 'BlueOak-1.0.0'];

const text = readFileSync(join(ROOT, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
const noticed = [...text.matchAll(/^(\S+)(?: (\d\S*))? \((\S+)\)$/gm)].map(([, name = '', version = '', license]) => ({
  name,
  version,
  license,
}));

let bundled: ReturnType<typeof packagesOf> = [];
beforeAll(async () => {
  bundled = packagesOf(await bundledModules());
});

it('names every package that is in the bundle, with its version and license', () => {
  expect(bundled.length).toBeGreaterThan(20);
  expect(noticed).toEqual(expect.arrayContaining(bundled));
});

it('names beside them only what is inside those: what they were bundled from, and helpers of the bundler', () => {
  const names = bundled.map(({ name }) => name);
  expect(noticed.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([
    'content-type',
    'llhttp',
    'rolldown',
  ]);
});

it('has a license text below each name, and every license allows what we do', () => {
  expect(noticed.filter(({ license = '' }) => !ALLOWED.includes(license))).toEqual([]);
  const sections = text.split(/^-{80}$/m).slice(1);
  expect(sections.filter((section) => !/permission|permitted|free software|unencumbered/i.test(section))).toEqual([]);
});

interface Bundle extends InputOptions {
  output: OutputOptions;
}

/** The ids of the modules that have code in the bundle. */
async function bundledModules(): Promise<string[]> {
  const config = (await import(pathToFileURL(join(ROOT, '.rolldown.config.mjs')).href)) as { default: Bundle[] };
  const ids = await Promise.all(
    config.default.map(async ({ output, ...input }) => {
      const { output: files } = await (await rolldown({ ...input, cwd: ROOT })).generate(output);
      return files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    }),
  );
  return ids.flat();
}

function packagesOf(ids: readonly string[]) {
  const folders = ids.flatMap((id) => (id.includes('node_modules') ? packageFolder(dirname(id)) : []));
  return [...new Set(folders)].map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    return { name: manifest['name'], version: manifest['version'], license: manifest['license'] };
  });
}

function packageFolder(folder: string): string {
  const isPackage = dirname(folder).endsWith('node_modules') || /node_modules[\\/]@[^\\/]+$/.test(dirname(folder));
  if (isPackage && existsSync(join(folder, 'package.json'))) return folder;
  return packageFolder(dirname(folder));
}
