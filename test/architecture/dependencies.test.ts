import { describe, expect, it } from 'vitest';
import { findCircles } from '../support/sources/circles.ts';
import { beyond, imports, nodes, src, textOf, within } from '../support/sources/find.ts';

/** Which folder may import which. */

const isOurs = (path: string) => path.startsWith('src/');
const isIn = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`src/${folder}/`));

it('the sources are read', () => {
  expect(src.flatMap((source) => source.imports).length).toBeGreaterThan(300);
  for (const folder of ['cli', 'config', 'lib', 'providers', 'sandbox', 'server', 'store', 'update', 'upstream'])
    expect(within(folder), folder).not.toEqual([]);
});

it('there are no import circles, types included', () => {
  expect(findCircles(new Map(src.map((source) => [source.path, source.imports.map(({ of }) => of)])))).toEqual([]);
});

it('lib/ imports nothing of ours', () => {
  expect(imports(within('lib'), ({ of }) => isOurs(of) && !isIn(of, 'lib'))).toEqual([]);
});

it('the sandbox imports nothing of ours, or tests would only agree with themselves', () => {
  expect(imports(within('sandbox'), ({ of }) => isOurs(of) && !isIn(of, 'sandbox'))).toEqual([]);
});

it('providers/ imports nothing of ours but helpers and errors', () => {
  expect(
    imports(within('providers'), ({ of }) => isOurs(of) && !isIn(of, 'providers', 'lib') && of !== 'src/errors.ts'),
  ).toEqual([]);
});

it('the settings alone know the registry: others ask them which providers there are', () => {
  expect(imports(beyond('config/providers'), ({ of }) => of === 'src/providers/index.ts')).toEqual([]);
});

it.each([
  ['upstream', ['store', 'server', 'cli']],
  ['store', ['upstream', 'server', 'cli', 'update', 'providers']],
  ['server', ['upstream', 'store', 'cli']],
  ['update', ['upstream', 'server', 'cli']],
  ['config', ['upstream', 'server', 'cli']],
])('%s/ imports nothing from %j but types', (folder, others) => {
  expect(imports(within(folder), ({ of, typeOnly }) => isIn(of, ...others) && !typeOnly)).toEqual([]);
});

it.each([
  ['upstream', 'store'],
  ['upstream', 'server'],
  ['store', 'upstream'],
  ['store', 'server'],
  ['server', 'upstream'],
])('%s/ does not even know a type of %s/', (folder, other) => {
  expect(imports(within(folder), ({ of }) => isIn(of, other))).toEqual([]);
});

it('of the store, others know the interface only; the composition root loads what opens one', () => {
  // Settings read a key by the rules of the store that uses it.
  const known = ['src/store/store.ts', 'src/store/master-key.ts'];
  const outside = beyond('store', 'cli', 'app.ts', 'app');
  expect(imports(outside, ({ of, typeOnly }) => isIn(of, 'store') && !known.includes(of) && !typeOnly)).toEqual([]);
});

describe('nothing below server/ knows MCP', () => {
  const below = beyond('server', 'cli', 'main.ts');

  it('neither its SDK nor the server is imported', () => {
    expect(imports(below, ({ of }) => of.startsWith('@modelcontextprotocol/'))).toEqual([]);
    expect(imports(below, ({ of }) => isIn(of, 'server'))).toEqual([]);
  });

  it('nothing is named for the protocol, and none of its methods or members is', () => {
    const METHOD = /^(?:tools|elicitation|notifications|server|prompts|resources|sampling)\/\w+$/;
    const MEMBERS = ['jsonrpc', 'structuredContent', 'isError', 'requestedSchema', 'inputSchema', '_meta'];
    const found = nodes(below, (node) => {
      const name = node.type === 'Identifier' ? node.name : (textOf(node) ?? '');
      const isNamed = node.type === 'Identifier' && /mcp|elicit/i.test(name);
      return isNamed || MEMBERS.includes(name) || METHOD.test(name) ? name : undefined;
    });
    expect(found).toEqual([]);
  });
});

function isNoIndex({ path }: { path: string }): boolean {
  return path !== 'src/providers/index.ts';
}
