import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { PRESETS, presetId } from '../../src/providers/presets/index.ts';
import { presetVendors, vendors } from '../../src/sandbox/vendors/index.ts';
import { beyond, lineOf, lines, nodes, src, textOf, within } from '../support/sources/find.ts';
import { ROOT } from '../support/sources/read.ts';

/** A vendor is its provider file, its sandbox folder and one line in each registry; nothing else knows its name. */

const REGISTRIES = ['providers/index.ts', 'sandbox/vendors/index.ts'];
const ids = providers.map(({ id }) => id);
/** One that fits any vendor's service is named for the protocol, and so are an encoding and its files. */
const products = providers.filter(({ forConnection }) => !forConnection);
const hosts = products.map((provider) => {
  const { hostname } = new URL(provider.baseUrl.replace(/\{\w+\}/g, 'x'));
  return hostname.split('.').slice(-2).join('.');
});

it('nothing outside providers/ and the sandbox knows a vendor’s id, title or host', () => {
  const anyName = toPattern([...products.flatMap(({ id, title }) => [id, title]), ...hosts]);
  const others = beyond('providers', 'sandbox');
  expect(lines(others, anyName)).toEqual([]);
  expect(others.filter(({ path }) => anyName.test(path)).map(({ path }) => path)).toEqual([]);
});

it('every provider file is in the registry, under its id', () => {
  // What makes a provider of a file is beside those that are built in.
  const defining = beyond('providers/declared').filter(({ imports }) =>
    imports.some((found) => found.names.includes('defineProvider')),
  );
  expect(defining.map(({ path }) => path)).toEqual(ids.map((id) => `src/providers/${id}.ts`).sort());
});

it('every provider has a sandbox folder and a vendor in the registry, which has no other', () => {
  const folders = readdirSync(join(ROOT, 'src/sandbox/vendors'), { withFileTypes: true });
  const found = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  // A vendor may be finished before its provider.
  expect(found).toEqual(expect.arrayContaining([...ids]));
  expect(vendors.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

it('every preset has a vendor, and every such vendor a preset', () => {
  expect(presetVendors.map(({ id }) => id).sort()).toEqual(PRESETS.map(presetId).sort());
  const files = readdirSync(join(ROOT, 'src/providers/presets')).filter((name) => name.endsWith('.json'));
  expect(files.sort()).toEqual(PRESETS.map((name) => `${name}.json`).sort());
});

it.each(ids)('%s is known to its file, its folder and one line in each registry', (id) => {
  const others = beyond(`providers/${id}.ts`, `sandbox/vendors/${id}`, ...REGISTRIES);
  const named = new RegExp(`^${id}$`, 'i');
  expect(nodes(others, (node) => nameIn(node, named))).toEqual([]);
  for (const registry of within(...REGISTRIES)) {
    const uses = registry.nodes.filter((node) => node.type === 'Identifier' && node.name === id);
    // Where it is imported, and in the list.
    expect(new Set(uses.map(({ start }) => lineOf(registry, start))).size, registry.path).toBe(2);
  }
});

/** The identifier or the string in which a name occurs. */
function nameIn(node: Parameters<typeof textOf>[0], name: RegExp): string | undefined {
  const text = node.type === 'Identifier' ? node.name : textOf(node);
  return text !== undefined && name.test(text) ? text : undefined;
}

function toPattern(names: readonly string[]): RegExp {
  return new RegExp(names.map((name) => name.replaceAll('.', '\\.')).join('|'), 'i');
}
