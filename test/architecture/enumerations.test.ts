import type { ESTree } from 'rolldown/utils';
import { expect, it } from 'vitest';
import { beyond, lineOf, textOf } from '../support/sources/find.ts';

/** An enumeration is written once; types, schemas and lists of its members are derived from it. */

interface List {
  /** The literal members, sorted. */
  members: string[];
  at: string;
  /** Of a type alias or a constant: such a list has a name to be used by. */
  name?: string;
}

// The sandbox shares nothing with the server, or tests would only agree with themselves.
const sources = beyond('sandbox');
/** What has a name, by it: type aliases and constants. */
const definitions = new Map(
  sources.flatMap((source) =>
    source.nodes.flatMap((node): [string, ESTree.Node][] => {
      const { name, value } = named(node);
      return name === undefined ? [] : [[name, value]];
    }),
  ),
);
const lists = sources.flatMap((source): List[] =>
  source.nodes.flatMap((node) => {
    const { name, value } = named(node);
    const members = membersOf(value);
    if (members.length < 2) return [];
    const at = `${source.path}:${lineOf(source, value.start)}`;
    return [{ members: [...new Set(members)].sort(), at, ...(name !== undefined && { name }) }];
  }),
);

it.each([
  ['decisions', 'strip'],
  ['effects', 'lifecycle'],
  ['scopes', 'users:write'],
  ['outcomes', 'needs_approval'],
  ['log levels', 'silent'],
  ['error codes', 'guess_limit'],
  ['sensitivities', 'personal'],
  ['confirmation channels', 'page'],
])('%s have a list with a name', (_, member) => {
  expect(lists.filter(({ name, members }) => name !== undefined && members.includes(member))).not.toEqual([]);
});

it('no enumeration is written twice', () => {
  const places = new Map<string, Set<string>>();
  const isNamed = new Set<string>();
  for (const { members, at, name } of lists) {
    const key = members.join(' | ');
    places.set(key, (places.get(key) ?? new Set()).add(at));
    if (name !== undefined) isNamed.add(key);
  }
  // Two members without a name are a choice of the moment.
  const counts = (key: string) => isNamed.has(key) || key.split(' | ').length > 2;
  const repeated = [...places].filter(([key, found]) => found.size > 1 && counts(key));
  expect(repeated.map(([key, found]) => `${key}: ${[...found].join(', ')}`)).toEqual([]);
});

/** What a declaration gives a name to, and any other node as it is. */
function named(node: ESTree.Node): { name?: string; value: ESTree.Node } {
  if (node.type === 'TSTypeAliasDeclaration') return { name: node.id.name, value: node.typeAnnotation };
  if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) return { value: node };
  const value = node.init.type === 'TSAsExpression' ? node.init.expression : node.init;
  return { name: node.id.name, value };
}

/** The members of a union or an array of nothing but literal strings; those of the lists it names included. */
function membersOf(node: ESTree.Node): string[] {
  const parts = node.type === 'TSUnionType' ? node.types : node.type === 'ArrayExpression' ? node.elements : [];
  const members = parts.map((part) => {
    if (!part) return [];
    const name = nameIn(part);
    if (name !== undefined) return membersOf(definitions.get(name) ?? part);
    const text = textOf(part.type === 'TSLiteralType' ? part.literal : part);
    return text === undefined ? [] : [text];
  });
  return members.every((found) => found.length > 0) ? members.flat() : [];
}

/** The name of a list whose members are taken over. */
function nameIn(part: ESTree.Node): string | undefined {
  if (part.type === 'SpreadElement') return part.argument.type === 'Identifier' ? part.argument.name : undefined;
  const isNamed = part.type === 'TSTypeReference' && part.typeName.type === 'Identifier';
  return isNamed && part.typeName.type === 'Identifier' ? part.typeName.name : undefined;
}
