import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import type { Addition } from '../../../src/cli/registration/edit.ts';
import { addToToml } from '../../../src/cli/registration/toml-text.ts';

const addition: Addition = {
  servers: 'mcp_servers',
  name: 'update-user',
  entry: { command: 'node', args: ['/srv/main.js'], env_vars: ['A'] },
};

describe('a table', () => {
  it.each([
    ['an empty file', ''],
    ['a comment behind the last line', 'model = "x" # mine\n'],
    ['no line end at the end', '[mcp_servers.x]\ncommand = "y"'],
    ['CRLF', '[mcp_servers.x]\r\ncommand = "y"\r\n'],
    ['dotted keys', '[mcp_servers]\nx.command = "y"\n'],
    ['an array of tables at the end', '[[profiles]]\nname = "x"\n'],
    ['large numbers and dates', 'a = 9223372036854775807\nb = 2026-11-28T00:00:00Z\n'],
    ['a multi-line text that looks like a table', 'a = """\n[mcp_servers.update-user]\n"""\n'],
  ])('is added at the end of %s', (_, before) => {
    const edit = addToToml(before, addition);
    if (edit.kind !== 'added') throw new Error(edit.kind);
    expect(edit.text.startsWith(before)).toBe(true);
    expect(edit.text.endsWith('\n')).toBe(before === '' || before.endsWith('\n'));
    const lines = edit.text.split('\n').slice(0, -1);
    if (before.includes('\r\n')) expect(lines.every((line) => line.endsWith('\r'))).toBe(true);
    expect(parse(edit.text, { integersAsBigInt: true })['mcp_servers']).toMatchObject({
      'update-user': addition.entry,
    });
    expect(addToToml(edit.text, addition)).toEqual({ kind: 'unchanged' });
  });

  it.each([
    ['broken TOML', 'a = \n', /is not TOML: line 1, column \d+/],
    ['a key twice', 'a = 1\na = 2\n', /is not TOML: line 2/],
    ['servers in one line', 'mcp_servers = { x = { command = "y" } }\n', /write it as \[mcp_servers\.NAME\] tables/],
    ['servers that are a list', 'mcp_servers = [1]\n', /has no table at mcp_servers/],
  ])('is refused where there is %s', (_, text, message) => {
    expect(() => addToToml(text, addition)).toThrow(message);
  });

  it('is refused where another one has the name', () => {
    const text = '[mcp_servers.update-user]\ncommand = "uvx"\nargs = ["s3cret"]\n';
    expect(addToToml(text, addition)).toEqual({ kind: 'occupied', runs: 'the command "uvx"' });
  });
});
