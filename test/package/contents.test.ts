import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { expect, it } from 'vitest';
import { ROOT } from '../support/sources/read.ts';
import { useInstallation } from './installation.ts';

const installation = useInstallation();

it('is at most 3 MB, most of it the program', () => {
  const { unpackedSize, files } = installation.packed;
  expect(unpackedSize).toBeLessThanOrEqual(3_000_000);
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      ...['LICENSE', 'README.md', 'mcp.config.example.json', 'mcp.config.schema.json', 'package.json'],
      ...['dist/main.js', 'dist/THIRD-PARTY-NOTICES.txt'],
    ]),
  );
});

it('has no source map, source or test', () => {
  const paths = installation.packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /\.(?:map|ts|tsbuildinfo)$|^(?:src|test|bench|scripts)\//.test(path))).toEqual([]);
});

/** Each opened file costs a millisecond of the start, and so does each half megabyte or module of Node that is loaded. */
it('lists tools from one file of at most 495 KB, without the expensive modules of Node', () => {
  const text = readFileSync(join(ROOT, 'dist/main.js'), 'utf8');
  const imported = [...text.matchAll(/(?:\bfrom|\bimport)"([^"]+)"/g)].map(([, name]) => name);
  expect(imported).not.toEqual([]);
  expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([]);
  for (const expensive of ['node:crypto', 'node:util', 'node:process']) expect(imported).not.toContain(expensive);
  expect(text.length).toBeLessThan(495_000);
});

it('satisfies publint', async () => {
  const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { messages } = await publint({ pkgDir: ROOT, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

it('depends on nothing but the optional driver, and says so to npm', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest['dependencies'] ?? {}).toEqual({});
  expect(manifest['optionalDependencies'] ?? {}).toEqual({});
  const peers = Object.keys(manifest['peerDependencies'] as object);
  expect(manifest['peerDependenciesMeta']).toEqual(Object.fromEntries(peers.map((name) => [name, { optional: true }])));
  expect(peers).toEqual(['@photostructure/sqlite']);
});
