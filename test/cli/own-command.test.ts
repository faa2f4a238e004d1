import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { commandOf, ownCommand, ownCommandLine } from '../../src/cli/own-command.ts';
import { toShellWord } from '../../src/lib/text/shell-word.ts';
import { runProgram } from '../support/program/run-program.ts';
import { PROGRAM } from '../support/program/stdio-server.ts';

it('from a checkout is node with the absolute path of what was built', () => {
  expect(ownCommand()).toEqual({ command: 'node', args: [PROGRAM] });
  expect(existsSync(PROGRAM)).toBe(true);
  expect(ownCommandLine('approve', 'an id')).toBe(`node ${toShellWord(PROGRAM)} approve 'an id'`);
});

it('is printed by the built program as a line that runs it', async () => {
  const { stdout } = await runProgram(['doctor'], { UPDATE_USER_STORE: 'memory' });
  const line = stdout.split('\n').find((text) => text.trim().startsWith(`node ${toShellWord(PROGRAM)} init`));
  expect(execFileSync('sh', ['-c', `${line} --help`], { encoding: 'utf8' })).toMatch(/^Usage: update-user-mcp init/);
});

it.each([
  ['/Users/jane/node_modules/update-user-mcp/dist/main.js'],
  ['/usr/local/lib/node_modules/update-user-mcp/dist/main.js'],
  ['/srv/a checkout/dist/main.js'],
])('from %s is node with that path', (path) => {
  expect(commandOf(path)).toEqual({ command: 'node', args: [path] });
});

it.each([
  ['update-user-mcp', true],
  ['update-user-mcp@1.2.3', true],
  ['update-user-mcp@next', true],
  ['./update-user-mcp-0.1.0.tgz', false],
  ['update-user-mcp@file:../checkout', false],
  ['https://example.com/update-user-mcp.tgz', false],
  ['update-user-mcp-lookalike', false],
])(
  'from the cache of npx, which was asked for %s, asks npx again only for a name in the registry: %s',
  (spec, again) => {
    const cache = join(mkdtempSync(join(tmpdir(), 'update-user-npx-')), '_npx', '0a1b');
    onTestFinished(() => rmSync(join(cache, '..', '..'), { recursive: true, force: true }));
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'package.json'), JSON.stringify({ _npx: { packages: ['left-pad', spec] } }));
    const path = join(cache, 'node_modules', 'update-user-mcp', 'dist', 'main.js');
    expect(commandOf(path)).toEqual(again ? { command: 'npx', args: ['-y', spec] } : { command: 'node', args: [path] });
  },
);

it('from a cache of npx that does not say what was asked for is node with the path', () => {
  const path = '/none/_npx/0a1b/node_modules/update-user-mcp/dist/main.js';
  expect(commandOf(path)).toEqual({ command: 'node', args: [path] });
});

it('is quoted for the shell of the platform', () => {
  expect(toShellWord('/a b/main.js', 'linux')).toBe(`'/a b/main.js'`);
  expect(toShellWord(String.raw`C:\Program Files\main.js`, 'win32')).toBe(String.raw`"C:\Program Files\main.js"`);
  expect(toShellWord(String.raw`C:\tools\main.js`, 'win32')).toBe(String.raw`C:\tools\main.js`);
});
