import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { interpolate } from '../../src/config/interpolate.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-config-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fill = (value: unknown, used = new Set<string>()) => interpolate(value, env, used);
const env = { NAME: 'value', EMPTY: '', TRICK: '${env:NAME}' };

it.each([
  ['plain', 'plain'],
  ['${env:NAME}', 'value'],
  ['a ${env:NAME} b ${env:NAME}', 'a value b value'],
  ['${env:NAME:-other}', 'value'],
  ['${env:GONE:-other}', 'other'],
  ['${env:EMPTY:-other}', 'other'],
  ['${env:GONE:-}', ''],
  ['${env:GONE:-a:-b}', 'a:-b'],
  ['${env:TRICK}', '${env:NAME}'],
  ['$5 and {x}', '$5 and {x}'],
  [5, 5],
  [null, null],
  [[{ a: ['${env:NAME}'] }], [{ a: ['value'] }]],
])('%j becomes %j', (text, filled) => {
  expect(fill(text)).toEqual(filled);
});

it.each([
  [{ a: { b: ['x', '${env:GONE}'] } }, /^a\.b\[1\]: the environment variable GONE is not set$/],
  [{ a: '${env:EMPTY}' }, /^a: the environment variable EMPTY is not set$/],
  [{ a: '${GONE}' }, /^a: expected/],
  [{ a: '${env:1X}' }, /^a: expected/],
  [{ a: '${exec:ls}' }, /^a: expected/],
  [{ a: { b: '${env:NAME' } }, /^a\.b: a \$\{ is not closed by a \}$/],
  [{ a: '${file:/path' }, /^a: a \$\{ is not closed/],
  [{ a: '${env:NAME and ${env:NAME}' }, /^a: a \$\{ is not closed/],
  [{ a: '${env:GONE:-${env:NAME}}' }, /^a: a \$\{ is not closed/],
])('%j is refused with its key', (value, message) => {
  expect(() => fill(value)).toThrow(message);
});

it('names every wrong string, each once', () => {
  const value = { a: '${env:GONE} ${env:GONE}', b: ['${X}', '${env:NAME}'], c: { d: '${file:/nowhere/key}' } };
  const message = /^a: the environment .*\nb\[0\]: expected .*\nc\.d: \/nowhere\/key cannot be read \(ENOENT\)$/;
  expect(() => fill(value)).toThrow(message);
});

it('returns the variables that were used, also those that are not set', () => {
  const used = new Set<string>();
  fill({ a: '${env:NAME}', b: ['${env:GONE:-x}', 'plain'] }, used);
  expect([...used]).toEqual(['NAME', 'GONE']);
});

describe('${file:…}', () => {
  const write = (mode: number) => {
    const path = join(dir, 'token');
    writeFileSync(path, ' top-secret\n', { mode });
    chmodSync(path, mode);
    return path;
  };

  it.each([0o600, 0o400])('is read where only its owner can (%o)', (mode) => {
    expect(fill(`\${file:${write(mode)}}`)).toBe('top-secret');
  });

  it.each([0o644, 0o640, 0o604, 0o660])('is refused at mode %o, with the remedy and without its text', (mode) => {
    const path = write(mode);
    expect(() => fill({ token: `\${file:${path}}` })).toThrow(
      new RegExp(`^token: ${path} can be read by others; run: chmod 600 ${path}$`),
    );
  });

  it('starts at the folder of the configuration file, unless it is absolute', () => {
    const path = write(0o600);
    const inFolder = (file: string) => interpolate(`\${file:${file}}`, env, new Set(), dir);
    expect([inFolder('token'), inFolder('./token'), inFolder(path)]).toEqual(Array(3).fill('top-secret'));
    expect(() => inFolder('gone')).toThrow(`${join(dir, 'gone')} cannot be read (ENOENT)`);
  });

  it('is refused where it does not exist or is a folder', () => {
    expect(() => fill({ token: `\${file:${dir}/gone}` })).toThrow(/^token: .*ENOENT/);
    mkdirSync(join(dir, 'folder'), { mode: 0o700 });
    expect(() => fill({ token: `\${file:${dir}/folder}` })).toThrow(/^token: .*EISDIR/);
  });
});
