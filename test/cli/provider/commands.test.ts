import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PRESETS, readPreset } from '../../../src/providers/presets/index.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runProgram } from '../../support/program/run-program.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

interface Report {
  ok: boolean;
  faults: { pointer: string; message: string }[];
  traps: { pointer: string; message: string }[];
}

function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-provider-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

async function acme(more: object = {}): Promise<object> {
  return { ...(structuredClone(await readPreset('okta')) as object), id: 'acme', title: 'Acme', ...more };
}

async function check(content: unknown): Promise<{ code: number | null; report: Report }> {
  const folder = folderWith({ 'acme.json': content });
  const { code, stdout } = await runProgram(['provider', 'check', join(folder, 'acme.json'), '--json'], {});
  return { code, report: JSON.parse(stdout) as Report };
}

describe('provider check', () => {
  it('passes a file without faults', async () => {
    expect(await check(await acme())).toEqual({ code: 0, report: { ok: true, faults: [], traps: [] } });
  });

  it('ends with 1 for a fault, and names each with its pointer', async () => {
    const { code, report } = await check(await acme({ probe: undefined, 'x/y': 1 }));
    expect(code).toBe(1);
    expect(report).toEqual({
      ok: false,
      faults: [
        { pointer: '/probe', message: 'is missing' },
        { pointer: '/x~1y', message: 'not a known key' },
      ],
      traps: [],
    });
  });

  it.each([
    ['no JSON', '{ "id": '],
    ['no UTF-8', Buffer.from([0x7b, 0xe9, 0x7d])],
    ['a repeated key', '{"id":1,"id":2}'],
  ])('has one fault at the whole of %s', async (_, content) => {
    const folder = folderWith({ 'a.json': '' });
    writeFileSync(join(folder, 'a.json'), content);
    const { code, stdout } = await callProgram(['provider', 'check', join(folder, 'a.json'), '--json'], {});
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, faults: [{ pointer: '' }], traps: [] });
    expect((JSON.parse(stdout) as Report).faults).toHaveLength(1);
  });

  it('ends with 2 where there is no file, or no such preset', async () => {
    expect(await callProgram(['provider', 'check', 'nothing.json'], {})).toMatchObject({ code: 2 });
    const { code, stderr } = await callProgram(['provider', 'check', 'preset:octa'], {});
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean preset:okta?')]);
  });

  it('shows people where a fault is, and a trap without failing', async () => {
    const fields = { title: { type: 'text', sensitivity: 'public', effect: 'ordinary', default: 'CEO' } };
    const write = { method: 'PUT', path: '/u/{userId}', encoding: 'merge' };
    const small = {
      fields,
      write,
      openFields: undefined,
      label: [['id']],
      apart: undefined,
      ids: ['id'],
      emails: [],
      find: [],
    };
    const folder = folderWith({
      'a.json': await acme(small),
      'b.json': JSON.stringify(await acme({ title: '' }), null, 2),
    });
    const trap = await callProgram(['provider', 'check', join(folder, 'a.json')], {});
    expect([trap.code, trap.stdout]).toEqual([
      0,
      expect.stringMatching(/note {2}\/fields\/title\/default\n[^/]*default[^/]*write\/echo/),
    ]);
    const fault = await callProgram(['provider', 'check', join(folder, 'b.json')], {});
    expect([fault.code, fault.stdout]).toEqual([1, expect.stringMatching(/FAIL {2}\/title\n.*\(line 5, column 12\)/)]);
  });

  it.each(PRESETS)('passes the preset %s', async (name) => {
    expect(await callProgram(['provider', 'check', `preset:${name}`], {})).toMatchObject({ code: 0 });
  });
});

describe('provider list', () => {
  it('has built-in providers, presets and files with their connections', async () => {
    const folder = folderWith({
      'acme.json': await acme(),
      'c.json': { providers: ['preset:zendesk', './acme.json'] },
    });
    const env = { ACME_DOMAIN: 'acme.example', ACME_TOKEN: 'tok-4711' };
    const { code, stdout } = await runProgram(['provider', 'list', '--json', '--config', join(folder, 'c.json')], env);
    expect(code).toBe(0);
    expect(stdout).not.toContain('4711');
    const { providers } = JSON.parse(stdout) as { providers: Record<string, unknown>[] };
    const shown = Object.fromEntries(
      providers.map(({ id, source, available, connections }) => [id, [source, available, connections]]),
    );
    expect(shown).toMatchObject({
      awork: ['built in', true, []],
      zendesk: ['preset:zendesk', true, []],
      acme: ['./acme.json', true, ['acme']],
      okta: ['preset:okta', false, []],
    });
  });
});

describe('a start with a broken file', () => {
  it.each(['stdio', 'http', 'doctor'])(
    '%s ends with 2 before anything listens, and says where the fault is',
    async (command) => {
      const folder = folderWith({
        'acme.json': JSON.stringify(await acme({ hint: '' }), null, 2),
        'c.json': { providers: ['./acme.json'] },
      });
      const { code, stdout, stderr } = await callProgram([command, '--config', join(folder, 'c.json')], {});
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/\/hint: .* \(line \d+, column 11 of .*acme\.json\)/);
      expect(stderr).not.toContain('listening');
    },
  );
});
