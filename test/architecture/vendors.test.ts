import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { beyond, lines, nodes, src, textOf, within } from '../support/sources/find.ts';
import { ROOT } from '../support/sources/read.ts';

/** A vendor is its provider file, its sandbox folder and one line in each registry; nothing else knows its name. */

const REGISTRIES = ['providers/index.ts', 'sandbox/index.ts'];
const ids = providers.map(({ id }) => id);
/** Settings under which a base URL names the vendor's own host. */
const settings = new Proxy({}, { get: (_, key) => (/url$/i.test(String(key)) ? undefined : 'x') });
const hosts = providers.map((provider) => {
  const { hostname } = new URL(provider.baseUrl(settings));
  return hostname.split('.').slice(-2).join('.');
});

it('every provider file is in the registry, under its id', () => {
  const defining = src.filter(({ imports }) => imports.some((found) => found.names.includes('defineProvider')));
  expect(defining.map(({ path }) => path)).toEqual(ids.map((id) => `src/providers/${id}.ts`).sort());
});

it('every provider has a sandbox folder, and every such folder has a provider', async () => {
  const sandbox = await startSandbox();
  await sandbox.close();
  expect(readdirSync(join(ROOT, 'src/sandbox/vendors')).sort()).toEqual([...ids].sort());
  expect(Object.keys(sandbox.vendors).sort()).toEqual([...ids].sort());
});

/** The identifier or the string in which a name occurs. */
function nameIn(node: Parameters<typeof textOf>[0], name: RegExp): string | undefined {
  const text = node.type === 'Identifier' ? node.name : textOf(node);
  return text !== undefined && name.test(text) ? text : undefined;
}

function toPattern(names: readonly string[]): RegExp {
  return new RegExp(names.map((name) => name.replaceAll('.', '\\.')).join('|'), 'i');
}
