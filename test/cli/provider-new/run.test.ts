import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPlaces } from '../../../src/providers/declared/open-places.ts';
import { ATOMICWORK_YAML, describeUpdate } from '../../support/openapi/starters.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runProgram } from '../../support/program/run-program.ts';

const BODY = { type: 'object', properties: { title: { type: 'string' } } };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'update-user-new-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** `provider new` of a description with this text. */
function create(text: string | Uint8Array, ...more: string[]) {
  const file = join(folder(), 'api');
  writeFileSync(file, text);
  return callProgram(['provider', 'new', '--openapi', file, ...more], {});
}

describe('provider new', () => {
  it('prints nothing but the file, and says on stderr which defaults are traps and how much is open', async () => {
    const { code, stdout, stderr } = await runProgram(['provider', 'new', '--openapi', ATOMICWORK_YAML], {});
    expect(code).toBe(0);
    const file = JSON.parse(stdout);
    expect(stderr).toMatch(/Traps:[^]*- timezone: "America\/Los_Angeles"\n- has_reporters: false\n/);
    expect(stderr).toContain(`Left open: ${openPlaces(file).length} places`);
  });

  it('writes a file that the check refuses, which names both defaults as traps all the same', async () => {
    const out = join(folder(), 'acme.provider.json');
    await callProgram(['provider', 'new', '--openapi', ATOMICWORK_YAML, '--out', out], {});
    const { code, stdout } = await callProgram(['provider', 'check', out, '--json'], {});
    const { ok, traps } = JSON.parse(stdout) as { ok: boolean; traps: { pointer: string }[] };
    expect([code, ok]).toEqual([1, false]);
    expect(traps.map(({ pointer }) => pointer)).toEqual(['/fields/timezone/default', '/fields/has_reporters/default']);
  });

  it('writes the same file with --out, whole, and never over another', async () => {
    const dir = folder();
    const out = join(dir, 'acme.provider.json');
    const args = ['provider', 'new', '--openapi', ATOMICWORK_YAML];
    const printed = await callProgram(args, {});
    const written = await callProgram([...args, '--out', out], {});
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain(`provider check ${out}`);
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
    expect(statSync(out).mode & 0o777).toBe(0o644);

    writeFileSync(out, 'mine');
    symlinkSync(join(dir, 'nothing'), join(dir, 'link'));
    for (const taken of [out, join(dir, 'link'), dir]) {
      const again = await callProgram([...args, '--out', taken], {});
      expect(again).toMatchObject({ code: 2, stdout: '' });
      expect(again.stderr).toContain('exists');
    }
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect(readdirSync(dir).sort()).toEqual(['acme.provider.json', 'link']);
  });

  it('lists the calls that may update a user if there are several, and takes one by id or by method and path', async () => {
    const two = describeUpdate(BODY, {
      method: 'patch',
      paths: describeUpdate(BODY, { path: '/people/{id}' })['paths'] as never,
    });
    const text = JSON.stringify(two);
    const several = await create(text);
    expect(several).toMatchObject({ code: 2, stdout: '' });
    expect(several.stderr).toMatch(
      /2 calls[^]*--operation[^]*updateUser {2}PATCH \/users\/\{id\}\n[^]*PUT \/people\/\{id\}/,
    );
    const chosen = await create(text, '--operation', 'PUT /people/{id}');
    expect(JSON.parse(chosen.stdout).write).toMatchObject({ method: 'PUT', path: '/people/{userId}' });
    const mistyped = await create(text, '--operation', 'updateUsr');
    expect(mistyped).toMatchObject({ code: 2, stdout: '' });
    expect(mistyped.stderr).toContain('did you mean updateUser?');
  });

  it('takes any call with an id by name, and lists them where none looks like one', async () => {
    const text = dump(describeUpdate(BODY, { path: '/things/{id}' }));
    const none = await create(text);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toMatch(/no call looks as if[^]*updateUser {2}PUT \/things\/\{id\}/);
    expect(await create(text, '--operation', 'updateUser')).toMatchObject({ code: 0 });
  });
});

describe('a description that cannot be read ends with status 2 and the reason', () => {
  const other = { properties: { x: { $ref: 'user.yaml#/User' } } };
  const remote = { properties: { x: { $ref: 'https://acme.com/user.json' } } };
  const nested = '['.repeat(100_000);
  const aliases = `a: &a 1\nb: [${'*a, '.repeat(10_001)}]`;

  it.each([
    ['empty', '', /input is empty/],
    ['a list', '[]', /holds no object/],
    ['neither JSON nor YAML', '{ "openapi": "3.0.0", ', /neither JSON nor YAML/],
    ['not UTF-8', Buffer.from([0x61, 0xff]), /not UTF-8/],
    ['something else', 'a: 1', /no key "openapi"/],
    ['of Swagger 2', 'swagger: "2.0"', /version 2\.0; expected OpenAPI 3/],
    ['without calls', 'openapi: 3.0.0', /no PUT, PATCH or POST/],
    ['with a reference to a file', JSON.stringify(describeUpdate(other)), /to another document \(user\.yaml/],
    ['with a reference to an address', JSON.stringify(describeUpdate(remote)), /to another document \(https:/],
    ['nested too deeply', nested, /neither JSON nor YAML: nesting exceeded/],
    ['with too many aliases', aliases, /neither JSON nor YAML: aliases exceeded/],
    ['too large', Buffer.alloc(16 * 1024 * 1024 + 1, 0x20), /larger than 16 MiB/],
  ])('%s', async (_, text, reason) => {
    const { code, stdout, stderr } = await create(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it.each([
    ['that is missing', 'nothing.yaml', /cannot be read \(ENOENT\)/],
    ['that is a folder', tmpdir(), /not a file|EISDIR/],
    ['at an address', 'https://acme.com/openapi.json', /local files only/],
  ])('%s', async (_, file, reason) => {
    const { code, stdout, stderr } = await callProgram(['provider', 'new', '--openapi', file], {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });
});

describe('a description that leads nowhere is read all the same', () => {
  const refer = (name: string) => ({ $ref: `#/components/schemas/${name}` });

  it.each([
    ['a reference to itself', { A: refer('A') }],
    ['references in a circle', { A: refer('B'), B: refer('A') }],
    ['allOf in a circle', { A: { allOf: [refer('B')] }, B: { allOf: [refer('A'), refer('A')] } }],
    ['oneOf in a circle', { A: { oneOf: [refer('A'), refer('A'), { type: 'string' }] } }],
    ['items in a circle', { A: { type: 'array', items: refer('A') } }],
    ['a missing part', {}],
    ['names of prototypes', { A: { type: '__proto__', format: 'toString', enum: ['constructor'] } }],
  ])('%s', async (_, schemas) => {
    const properties = { title: { type: 'string' }, x: refer('A'), __proto__: { type: 'string' } };
    const text = JSON.stringify(describeUpdate({ properties }, { components: { schemas } }));
    const { code, stdout } = await create(text);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).fields).toMatchObject({ title: { type: 'text' } });
  });

  it('aliases of aliases, each ten times the one before', async () => {
    const bomb = [
      'a0: &a0 { type: string }',
      ...Array.from({ length: 12 }, (_, at) => {
        const members = Array.from({ length: 10 }, (__, nth) => `p${nth}: *a${at}`).join(', ');
        return `a${at + 1}: &a${at + 1} { properties: { ${members} } }`;
      }),
    ];
    const text = dump(describeUpdate('BODY')).replace('BODY', '*a12');
    const { code, stdout, stderr } = await create(`${bomb.join('\n')}\n${text}`);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('too deep') });
    expect(stdout.length).toBeLessThan(1_000_000);
  });

  it('quotes nothing of it that moves the cursor', async () => {
    const text = JSON.stringify(
      describeUpdate(
        { properties: { 'a\u001b[2J\u202e': { type: 'string', default: '\u001b[2J' } } },
        { info: { title: 'Ac\u001b[2Jme\u202e', version: '1' } },
      ),
    );
    const { code, stdout, stderr } = await create(text);
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u202e]/);
  });
});
