import type { ESTree } from 'rolldown/utils';
import { expect, it } from 'vitest';
import { beyond, imports, lines, nodes, src, textOf } from '../support/sources/find.ts';
import { readSources } from '../support/sources/read.ts';

/** What only one folder may do. */

const CONNECTING = /^(?:undici(?:\/.*)?|(?:node:)?(?:http|https|http2|net|tls|dgram))$/;
/** What a server and a check of an address take from the same modules. */
const LISTENING = ['createServer', 'IncomingMessage', 'ServerResponse', 'AddressInfo', 'BlockList', 'isIP', 'isIPv6'];
const SQL =
  /\b(?:CREATE (?:TABLE|INDEX|TRIGGER)|INSERT (?:OR \w+ )?INTO|DELETE FROM|SELECT\b[^]*\bFROM|UPDATE \w+ SET|PRAGMA)\b/;

it('upstream/ alone opens a socket to a vendor', () => {
  // The health check asks a server of ours.
  const others = beyond('upstream', 'sandbox', 'cli/commands/healthcheck.ts');
  const connects = (names: readonly string[]) => !names.every((name) => LISTENING.includes(name));
  expect(imports(others, ({ of, names, typeOnly }) => CONNECTING.test(of) && !typeOnly && connects(names))).toEqual([]);
  expect(nodes(others, toGlobalClient)).toEqual([]);
});

it('only store/ holds SQL', () => {
  expect(nodes(beyond('store'), (node) => SQL.exec(textOf(node) ?? '')?.[0])).toEqual([]);
});

it('only commands write to stdout: with stdio it belongs to the protocol', () => {
  expect(lines(beyond('cli', 'sandbox', 'main.ts'), /process\.stdout|console\.(?:log|info|debug)\(/)).toEqual([]);
});

it('no text is turned into code', () => {
  expect(lines(src, /\beval\(|\bnew Function\b|\bvm\b.*\brunIn/)).toEqual([]);
  expect(imports(src, ({ of }) => /^(?:node:)?vm$/.test(of))).toEqual([]);
});

it('no redirect is followed, and nothing waits on a signal that may be collected', () => {
  expect(
    lines(src, /^(?! \*).*(?:maxRedirections|redirect: 'follow'|AbortSignal\.any\(.*AbortSignal\.timeout)/),
  ).toEqual([]);
});

it('nothing tells of the machine it was written on', () => {
  const folders = ['work', 'tmp', 'home', 'root'].map((name) => `/${name}/`).join('|');
  expect(lines([...src, ...readSources('test')], new RegExp(`['"\`(\\s](?:${folders})`))).toEqual([]);
});

/** A call of one of the clients that need no import. */
function toGlobalClient(node: ESTree.Node): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined;
  const { callee } = node;
  const name = callee.type === 'MemberExpression' && isGlobal(callee.object) ? callee.property : callee;
  const called = name.type === 'Identifier' ? name.name : undefined;
  return called !== undefined && ['fetch', 'WebSocket', 'EventSource'].includes(called) ? called : undefined;
}

function isGlobal(node: ESTree.Node): boolean {
  return node.type === 'Identifier' && node.name === 'globalThis';
}
