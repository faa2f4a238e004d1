import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { Addition, Edit } from '../../../src/cli/registration/edit.ts';
import { addToJson } from '../../../src/cli/registration/json-text.ts';

const RELAXED = { comments: true, trailingCommas: true };
const STRICT = { comments: false, trailingCommas: false };
const addition: Addition = {
  servers: 'mcpServers',
  name: 'update-user',
  entry: { command: 'node', args: ['/srv/main.js'], env: { A: '${A}' } },
};

const add = (text: string, rules = RELAXED) => addToJson(text, addition, rules);

function textOf(edit: Edit): string {
  if (edit.kind !== 'added') throw new Error(edit.kind);
  return edit.text;
}

/** What is left of the longer text without one piece, or with a comma less as well, if that is all that differs. */
function isOnlyInserted(before: string, after: string): boolean {
  let [start, end] = [0, 0];
  while (start < before.length && before[start] === after[start]) start++;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const left = before.slice(start, before.length - end);
  // Between the comma behind the last member and the entry there may be comments.
  return after.slice(start, after.length - end).startsWith(`,${left}`) || left === '';
}

describe('an entry', () => {
  it.each([
    ['an empty file', '', '{\n  "mcpServers": {\n    "update-user": {'],
    ['an empty object', '{}', '{\n  "mcpServers": {\n    "update-user": {'],
    ['comments alone', '// mine\n', '// mine\n{\n  "mcpServers"'],
    ['tabs', '{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"mcpServers": {\n\t\t"update-user": {\n\t\t\t"command"'],
    [
      'four blanks',
      '{\n    "mcpServers": {}\n}',
      '{\n    "mcpServers": {\n        "update-user": {\n            "command"',
    ],
    ['CRLF', '{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "mcpServers": {\r\n    "update-user": {\r\n'],
    ['one line', '{"mcpServers":{"x":{}},"b":1}', '{"mcpServers":{"x":{}, "update-user": {"command":"node",'],
    [
      'a comment behind the last one',
      '{\n "mcpServers": {\n  "x": {} // last\n }\n}',
      '"x": {}, // last\n  "update-user": {',
    ],
    ['a trailing comma', '{\n "mcpServers": {\n  "x": {},\n },\n}', '"x": {},\n  "update-user": {'],
  ])('is written in the style of %s', (_, before, part) => {
    const after = textOf(add(before));
    expect(after).toContain(part);
    expect(isOnlyInserted(before, after), after).toBe(true);
    expect(after.endsWith('\n')).toBe(before.endsWith('\n') || before === '');
    expect(parse(after).mcpServers['update-user']).toEqual(addition.entry);
    expect(add(after)).toEqual({ kind: 'unchanged' });
  });

  it('changes nothing else in any document', () => {
    const key = fc.oneof(fc.constantFrom('mcpServers', 'a', '__proto__', 'ü'), fc.string());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 0 }),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('object'),
      ),
      object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    }));
    const root = fc.record({
      rest: fc.dictionary(key, value, { maxKeys: 4 }),
      servers: fc.option(fc.dictionary(key, value, { maxKeys: 3 })),
    });
    const blank = fc.constantFrom('', ' ', '\n', '\r\n  ', '\t', ' /* "x": { */ ', ' // , }\n');
    fc.assert(
      fc.property(root, fc.infiniteStream(blank), fc.boolean(), ({ rest, servers }, blanks, hasComma) => {
        const members = Object.entries(rest).filter(([name]) => name !== 'mcpServers');
        const document = [...members, ...(servers ? [['mcpServers', servers] as const] : [])];
        const before = printObject(document, () => blanks.next().value ?? '', hasComma);
        const edit = add(before);
        if (servers && Object.hasOwn(servers, 'update-user')) return;
        const after = textOf(edit);
        expect(isOnlyInserted(before, after), `${before}\n→\n${after}`).toBe(true);
        expect(parse(after).mcpServers['update-user']).toEqual(addition.entry);
        expect(add(after)).toEqual({ kind: 'unchanged' });
      }),
      { numRuns: 300 },
    );
  });
});

/** JSON with these blanks and comments between its tokens. */
function printObject(members: readonly (readonly [string, unknown])[], blank: () => string, hasComma: boolean): string {
  const print = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map((one) => `${blank()}${print(one)}`).join(',')}${blank()}]`;
    if (typeof value === 'object' && value !== null) return printObject(Object.entries(value), blank, hasComma);
    return JSON.stringify(value);
  };
  const parts = members.map(
    ([key, value]) => `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${print(value)}${blank()}`,
  );
  return `{${parts.join(',')}${hasComma && parts.length > 0 ? ',' : ''}${blank()}}`;
}

describe('is refused', () => {
  it.each([
    ['broken JSON', '{\n  "mcpServers": {\n', /line 3, column 1/, RELAXED],
    ['a missing value', '{"a":,}', /line 1, column 6, value expected/, RELAXED],
    ['a comment where the client reads none', '{\n  // mine\n}', /line 2, column 3, comments are not accepted/, STRICT],
    ['a trailing comma where the client reads none', '{"a":1,}', /line 1, column 8/, STRICT],
    ['a list', '[]', /holds a list/, RELAXED],
    ['a text', '"x"', /holds a string/, RELAXED],
    ['servers in a list', '{"mcpServers":[]}', /has a list at "mcpServers" \(line 1, column 15\)/, RELAXED],
    ['servers that are null', '{"mcpServers":null}', /has null at "mcpServers"/, RELAXED],
    ['servers named twice', '{"mcpServers":{},"mcpServers":{}}', /has "mcpServers" twice/, RELAXED],
    ['an entry named twice', '{"mcpServers":{"update-user":{},"update-user":{}}}', /has "update-user" twice/, RELAXED],
  ])('where there is %s', (_, text, message, rules) => {
    expect(() => add(text, rules)).toThrow(message);
  });

  it('for another entry of the name, of which only the command or the host is told', () => {
    const other = (entry: object) => add(JSON.stringify({ mcpServers: { 'update-user': entry } }));
    const secret = { args: ['--token', 's3cret'], env: { T: 's3cret' } };
    expect(other({ command: 'uvx', ...secret })).toEqual({ kind: 'occupied', runs: 'the command "uvx"' });
    expect(other({ command: ['bunx', 's3cret'] })).toEqual({ kind: 'occupied', runs: 'the command "bunx"' });
    const url = 'https://u:s3cret@users.example.com/s3cret?t=s3cret';
    expect(other({ url })).toEqual({ kind: 'occupied', runs: 'the address at users.example.com' });
    expect(other({})).toEqual({ kind: 'occupied', runs: undefined });
  });
});

it('an entry whose keys are in another order is the same', () => {
  const { command, args, env } = addition.entry;
  expect(add(JSON.stringify({ mcpServers: { 'update-user': { env, args, command } } }))).toEqual({ kind: 'unchanged' });
});
