import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../src/config/load.ts';
import { UsageError } from '../../../src/errors.ts';
import { runProgram } from '../../support/program/run-program.ts';

/** A mistake in a configuration file is reported with its position and reason, and without a value. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const KEY = 'sk-very-secret-4711';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-mistakes-'));
  path = join(dir, 'mcp.config.json');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const load = (text: string | Uint8Array, env: Record<string, string> = {}) => {
  writeFileSync(path, text);
  return loadSettings({ UPDATE_USER_STORE: 'memory', ...env }, path);
};

function mistake(text: string | Uint8Array, env: Record<string, string> = {}): string {
  try {
    load(text, env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).not.toContain(KEY);
    return error.message;
  }
  throw new Error('this file was accepted');
}

describe('a text that is not JSON', () => {
  it.each<[string, string, RegExp]>([
    ['nothing at all', '', /line 1, column 1: the file is empty; .*\{\}/],
    ['white space only', ' \n\t\r\n ', /line 3, column 2: the file is empty/],
    ['None of Python', '{\n  "log": None\n}', /line 2, column 10: .*null/],
    ['True of Python', '{"policy": {"allowSecretInput": True}}', /line 1, column 33: .*true/],
    ['FALSE of Excel', '{"policy": {"allowSecretInput": FALSE}}', /column 33: .*false/],
    ['undefined', '{"log": undefined}', /column 9: .*null/],
    ['NaN', '{"limits": {"attempts": NaN}}', /column 25: not a JSON number/],
    ['a comment on its own line', '{\n  // the log\n  "log": "info"\n}', /line 2, column 3: JSON has no comments/],
    [
      'a comment behind a value',
      '{\n  "log": "info", // quiet\n  "store": "memory"}',
      /line 2, column 18: JSON has no/,
    ],
    ['a comment before the end', '{"log": "info" /* quiet */}', /column 16: JSON has no comments/],
    ['a comment in front', '# settings\n{"log": "info"}', /line 1, column 1: JSON has no comments/],
    ['a trailing comma', '{\n  "log": "info",\n}', /line 3, column 1: a trailing comma/],
    ['a trailing comma in a list', '{"oldKeys": ["a", ]}', /column 19: a trailing comma/],
    ['single quotes', "{'log': 'info'}", /column 2: single quotes/],
    ['typographic quotes', '{“log”: "info"}', /column 2: typographic quotation marks/],
    ['a key without quotes', '{log: "info"}', /column 2: expected a key in double quotes/],
    ['a value without quotes', `{"key": ${KEY}}`, /column 9: expected a value/],
    ['no comma', '{"log": "info"\n "store": "memory"}', /line 2, column 2: expected a comma/],
    ['no colon', '{"log" "info"}', /column 8: expected a colon/],
    ['an equals sign', '{"log" = "info"}', /column 8: .*colon/],
    ['no end', '{"log": "info"', /column 15: the file ends too early/],
    ['a string without end', `{\n "key": "${KEY}\n}`, /line 2, column \d+: a line break, tab or control character/],
    ['a string without end on the last line', `{"key": "${KEY}`, /column 9: .*no closing quotation mark/],
    ['a path of Windows', '{"store": "C:\\Users\\jane"}', /column 14: a backslash/],
    ['leading zeros', '{"limits": {"attempts": 007}}', /column 25: not a JSON number/],
    ['two of them', '{"log": "info"}\n{"log": "warn"}', /line 2, column 1: unexpected content/],
    ['a non-breaking space', '{\u00a0"log": "info"}', /column 2: an invisible character/],
    ['YAML', 'log: info\n', /line 1, column 1: expected a value/],
    ['lines that end in CR LF', '{\r\n  "log": "info",\r\n}', /line 3, column 1: /],
  ])('%s', (_, text, message) => {
    expect(mistake(text)).toMatch(message);
    expect(mistake(text)).toMatch(/^[^\n]+mcp\.config\.json: not valid JSON, [^\n]+$/);
  });

  it.each(['[', '{"a":'])('of a hundred thousand %j is refused like any other', (part) => {
    expect(mistake(part.repeat(100_000))).toMatch(/mcp\.config\.json: is nested more than 64 levels deep/);
  });
});

describe('an encoding that is not UTF-8', () => {
  const RULE = '{"policy": {"rules": [\n{"newValue": "*führer*", "decision": "deny"}]}}';
  it.each<[string, Uint8Array, RegExp]>([
    ['Windows-1252', Buffer.from(RULE, 'latin1'), /is not UTF-8: byte 0xFC, line 2, column 17\. .*Windows-1252/],
    ['ISO-8859-1 at the very end', Buffer.from('{"log": "ü', 'latin1'), /is not UTF-8: byte 0xFC, line 1, column 10/],
    ['a letter cut off', Buffer.from('{"log": "ü"}').subarray(0, 10), /is not UTF-8: byte 0xC3, line 1, column 10/],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${RULE}`, 'utf16le'), /is UTF-16 .*save it as UTF-8/],
    ['UTF-16 without one', Buffer.from(RULE, 'utf16le'), /is UTF-16 \(little-endian\), not UTF-8/],
    ['UTF-16 of the other order', Buffer.from(`\ufeff${RULE}`, 'utf16le').swap16(), /is UTF-16 \(big-endian\), not/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), /is UTF-32, not UTF-8/],
  ])('%s', (_, bytes, message) => {
    expect(mistake(bytes)).toMatch(message);
    expect(mistake(bytes)).toContain(path);
  });

  it('a byte order mark of UTF-8 is accepted, and moves no column', () => {
    expect(load('\ufeff{"log": "warn"}').log).toBe('warn');
    expect(mistake('\ufeff{"lgo": "warn"}')).toMatch(/lgo: not a known key \(line 1, column 2\)/);
  });

  it('UTF-8 is read as it is written', () => {
    const { policy } = load(RULE);
    expect(policy.rules[0]?.newValue).toBe('*führer*');
  });
});

describe('JSON that is refused names key, line and column', () => {
  const lines = (...text: string[]) => text.join('\n');
  it.each<[string, string, RegExp]>([
    [
      'a key twice, with one value',
      lines('{', '  "log": "info",', '  "log": "info"', '}'),
      /"log" appears twice; .*\(line 3, column 3\)/,
    ],
    [
      'a key twice, deep inside',
      lines('{"policy": {"rules": [', '  {"field": "*", "decision": "deny",', '   "decision": "allow"}]}}'),
      /"decision" appears twice; .*\(line 3, column 4\)/,
    ],
    ['a wrong key', '{\n  "polcy": {}\n}', /polcy: not a known key \(line 2, column 3\)/],
    [
      'a wrong key deep inside',
      lines('{"policy": {"rules": [', '  {"decision": "deny",', '   "fields": "*.title"}]}}'),
      /policy\.rules\[0\]\.fields: not a known key \(line 3, column 4\)/,
    ],
    [
      'a wrong type deep inside',
      lines('{"http": {"auth": {"tokens": [', '  {"name": "sync",', '   "sha256": 5,', '   "scopes": []}]}}}'),
      /http\.auth\.tokens\[0\]\.sha256: expected string, received number \(line 3, column 14\)/,
    ],
    [
      'a missing key, at the object without it',
      lines('{"policy": {"rules": [', '  {"field": "*.title"}]}}'),
      /policy\.rules\[0\]\.decision: .* \(line 2, column 3\)/,
    ],
    ['a list as the whole file', '\n []', /the file: expected .*object.* \(line 2, column 2\)/],
    [
      'a pattern that matches nothing',
      lines('{"policy": {"rules": [', '  {"field": "*.titel", "decision": "deny"}]}}'),
      /policy\.rules\[0\]\.field: .*\(line 2, column 13 of .*mcp\.config\.json\)/,
    ],
    [
      'a setting that a connection does not have',
      lines('{"connections": {', '  "hr": {"provider": "awork", "apiKey": "k",', '    "tenant": "acme"}}}'),
      /connections\.hr\.tenant: not a known setting \(line 3, column 5 of /,
    ],
    [
      'a setting that a connection lacks',
      lines('{"connections": {', '  "hr": {"provider": "awork"}}}'),
      /connections\.hr\.apiKey: is missing \(line 2, column 9 of /,
    ],
    [
      'a variable that is not set',
      lines('{"connections": {', '  "hr": {"provider": "awork", "apiKey": "${env:GONE}"}}}'),
      /connections\.hr\.apiKey: .*GONE is not set \(line 2, column 41 of /,
    ],
    [
      'an unknown field of redaction',
      lines('{"redaction": {"fields": {', '  "*.titel": "secret"}}}'),
      /redaction\.fields: "\*\.titel": .*\(line 2, column 3 of /,
    ],
    ['an invalid key', `{\n  "key": "${KEY}"}`, /^key: expected 32 bytes as base64 or hex \(line 2, column 10 of /],
  ])('%s', (_, text, message) => {
    expect(mistake(text)).toMatch(message);
  });

  it('the first twenty are named, and the rest are counted', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `"k${at}": 1`);
    const rules = Array.from({ length: 5000 }, () => '{"field": 5, "decision": "deny"}');
    for (const [text, count] of [
      [`{${keys.join(',\n')}}`, 20_000],
      [`{"policy": {"rules": [${rules.join(',\n')}]}}`, 5000],
    ] as const) {
      const lines = mistake(text).split('\n');
      expect(lines).toHaveLength(21);
      expect(lines[19]).toMatch(/\(line 20, column \d+\)$/);
      expect(lines[20]).toBe(`and ${count - 20} more`);
    }
  });

  it('a key with line breaks and escape sequences stays on one line', () => {
    expect(mistake('{"a\\nb\\u001b[31m": 1}')).toMatch(/^[^\n\u001b]*: a\?b\?\[31m: not a known key[^\n]*$/);
  });

  it('$schema is accepted', () => {
    expect(() => load('{"$schema": "./mcp.config.schema.json"}')).not.toThrow();
  });
});

it.each<[string, string | Uint8Array]>([
  ['a comment', `{ // "${KEY}"\n}`],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
  ['Windows-1252', Buffer.from('{"log": "ü"}', 'latin1')],
  ['an empty file', ''],
  ['a wrong type', '{"limits": {"attempts": "many"}}'],
])('%s ends the program with 2 and one line on stderr, before anything listens', async (_, text) => {
  writeFileSync(path, text);
  for (const args of [['stdio'], ['http', '--port', '0'], ['doctor'], ['changes', 'list']]) {
    const { code, stdout, stderr } = await runProgram([...args, '--config', path], { HOME: dir });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^update-user-mcp: [^\n]*mcp\.config\.json: [^\n]+\n$/);
    expect(stderr).not.toContain(KEY);
  }
});
