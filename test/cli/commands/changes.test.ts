import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';
import { storeTexts } from '../../support/store/files.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const ALLOW = { policy: { rules: [{ field: '*', decision: 'allow' }] } };

let server: StdioServer;
let seed: string;
beforeAll(async () => {
  server = await startStdioServer({ config: ALLOW });
  const agent = await server.connect('v2-modern');
  const jane = idOf('awork', 'jane');
  for (const firstName of ['Janet', 'Janina', 'Jannike'])
    await agent.call('awork_update_user', { user_id: jane, set: { firstName } });
  await agent.call('awork_update_user', { user_id: jane, set: { nonsense: 'x' } });
  await agent.close();
  seed = `${server.dir}-seed`;
  cpSync(server.dir, seed, { recursive: true });
});
beforeEach(() => {
  for (const name of readdirSync(server.dir)) rmSync(join(server.dir, name), { recursive: true });
  cpSync(seed, server.dir, { recursive: true });
  const { awork } = server.sandbox.vendors;
  awork.reset();
  const jane = awork.users.get(idOf('awork', 'jane'));
  if (jane) jane['firstName'] = 'Jannike';
});
afterEach(() => {
  delete server.env['UPDATE_USER_KEY'];
});
afterAll(async () => {
  await server.stop();
  rmSync(seed, { recursive: true });
});

/** What reads the audit log does so in this process; what changes something has one of its own. */
const run = (...args: string[]) => (args[0] === 'changes' ? callProgram : runProgram)(args, server.env);
const changeIds = async (...filter: string[]) => {
  const rows = JSON.parse((await run('changes', 'list', '--json', ...filter)).stdout) as { change_id: string }[];
  return rows.map(({ change_id }) => change_id);
};

describe('changes list', () => {
  it('prints a table, newest first, with masked values and nothing cut in a pipe', async () => {
    const { code, stdout } = await run('changes', 'list');
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain('failed');
    expect(stdout).not.toMatch(/Janet|…/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/).at(-1))).toEqual(await changeIds());
    expect(lines.slice(1).every((line) => line.includes(idOf('awork', 'jane')))).toBe(true);
  });

  it('fits a terminal of 80 columns, with ids that undo accepts', async () => {
    const { screen } = await runAtTerminal(server.env, ['changes', 'list'], []);
    const lines = screen.trimEnd().split(/\r?\n/);
    expect(lines.every((line) => [...line].length <= 80)).toBe(true);
    const heads = lines.filter((line) => /^\d{4}-/.test(line));
    expect(heads).toHaveLength(4);
    const shown = heads.map((line) => line.split(/ {2,}/).at(-1) ?? '');
    for (const [at, id] of (await changeIds()).entries()) expect(id.startsWith(shown[at] ?? 'none')).toBe(true);
    const { code, stdout } = await run('undo', shown[1] ?? '', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'updated' });
  });

  it('filters, and prints JSON for scripts', async () => {
    const { stdout } = await run('changes', 'list', '--json', '--outcome', 'updated', '--limit', '2');
    const rows = JSON.parse(stdout) as { outcome: string; changes: unknown }[];
    expect(rows.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
    expect(rows[0]?.changes).toEqual([{ field: 'firstName', before: 'J•••', after: 'J•••' }]);
    expect(JSON.parse((await run('changes', 'list', '--json', '--user', 'nobody')).stdout)).toEqual([]);
  });
});

describe('changes verify', () => {
  it('prints the number of entries and the head', async () => {
    const { code, stdout } = await runProgram(['changes', 'verify'], server.env);
    expect([code, stdout.trim()]).toEqual([
      0,
      expect.stringMatching(/^The chain is intact: 7 entries\.\nHead: [0-9a-f]{64}$/),
    ]);
  });

  it('accepts a head noted elsewhere if it is in the chain', async () => {
    const { head } = JSON.parse((await run('changes', 'verify', '--json')).stdout) as { head: string };
    const agent = await server.connect('v2-modern');
    await agent.call('awork_update_user', { user_id: idOf('awork', 'jane'), set: { firstName: 'Jana' } });
    await agent.close();
    expect(agent.log()).toContain(head);
    expect(await run('changes', 'verify', '--head', head.toUpperCase())).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('It contains the head that was noted.'),
    });
    const newest = (await run('changes', 'verify')).stdout.slice(-65).trim();
    expect(agent.log()).toContain(newest);
    expect(await run('changes', 'verify', '--head', head.replace(/./g, '1'))).toMatchObject({ code: 1 });
    expect(await run('changes', 'verify', '--head', 'abc')).toMatchObject({ code: 2 });
  });

  it('finds that the last entries were deleted and the head set back, also after further entries', async () => {
    const db = await openDatabase(server.storePath);
    db.exec(
      'DELETE FROM entries WHERE seq > 5; UPDATE head SET (seq, hash) = (SELECT seq, hash FROM entries WHERE seq = 5)',
    );
    db.close();
    expect(await run('changes', 'verify')).toMatchObject({ code: 1, stdout: expect.stringContaining('entry 5') });
    const agent = await server.connect('v2-modern');
    // Of another user: hers has an intent without an outcome now, which a call would wait for.
    await agent.call('atomicwork_update_user', { user_id: idOf('atomicwork', 'jane'), set: { title: 'Pilot' } });
    await agent.close();
    expect(await run('changes', 'verify')).toMatchObject({ code: 1, stdout: expect.stringContaining('entry 5') });
  });

  it.each([
    ['a changed value', "UPDATE entries SET body = replace(body, 'J•••', 'K•••') WHERE seq = 3", 3],
    ['a changed outcome', "UPDATE entries SET outcome = 'refused' WHERE seq = 2", 2],
    ['a deleted entry', 'DELETE FROM entries WHERE seq = 4', 4],
    ['the last entry cut off', 'DELETE FROM entries WHERE seq = 7', 7],
    [
      'two swapped entries',
      'UPDATE entries SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3); UPDATE entries SET seq = -seq WHERE seq < 0',
      2,
    ],
  ])('names the entry of %s and exits 1', async (_name, sql, row) => {
    const db = await openDatabase(server.storePath);
    db.exec(sql);
    db.close();
    const { code, stdout } = await run('changes', 'verify', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, seq: row });
  });

  it('prints JSON, and exits 1, when the stored head is gone', async () => {
    const db = await openDatabase(server.storePath);
    db.exec('DELETE FROM head');
    db.close();
    const { code, stdout } = await run('changes', 'verify', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ ok: false, problem: expect.stringContaining('head is missing') });
    expect(await run('changes', 'verify')).toMatchObject({ code: 1, stdout: expect.stringContaining('broken: ') });
  });
});

it('changes export prints every entry as JSON Lines, without a value in clear', async () => {
  const { code, stdout } = await runProgram(['changes', 'export'], server.env);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number });
  expect(code).toBe(0);
  expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  for (const bytes of [stdout, ...storeTexts(server.storePath)]) {
    for (const value of ['Janet', 'Janina', 'Jannike', '"Jane"']) expect(bytes).not.toContain(value);
  }
});

it('prints an id beyond 2^53 with all its digits: as a string for scripts, in an export as it was recorded', async () => {
  const agent = await server.connect('v2-modern');
  const department = '9007199254740993';
  await agent.call('atomicwork_update_user', { user_id: idOf('atomicwork', 'jane'), set: { department } });
  await agent.close();
  const listed = await run('changes', 'list', '--json', '--limit', '1');
  expect(JSON.parse(listed.stdout)).toMatchObject([{ changes: [{ field: 'department', after: department }] }]);
  expect((await run('changes', 'export')).stdout).toContain(`"after":${department},`);
});

it.each([
  ['undo', 500],
  ['reject', 300],
])('%s accepts a reason of up to %d characters', async (command, max) => {
  const { code, stderr } = await run(command, '00000000', '--reason', 'x'.repeat(max + 1));
  expect([code, stderr.trim()]).toEqual([2, `update-user-mcp: --reason: at most ${max} characters`]);
});

describe('undo', () => {
  it('restores a change where policy allows it, and reports it', async () => {
    const rows = JSON.parse((await run('changes', 'list', '--json', '--outcome', 'updated')).stdout) as {
      change_id: string;
    }[];
    const { code, stdout } = await run('undo', rows[0]?.change_id ?? '', '--json', '--reason', 'a mistake');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'updated', provider: 'awork' });
    expect(server.sandbox.vendors.awork.users.get(idOf('awork', 'jane'))?.['firstName']).toBe('Janina');
  });

  it.each([
    ['a no', 'n', 'was to change nothing', 'declined'],
    ['Ctrl-C', '\u0003', 'The person at the terminal closed the question', 'cancelled'],
    ['Ctrl-D', '\u0004', 'The person at the terminal closed the question', 'cancelled'],
  ])('records %s at its question as a refusal', async (_what, typed, said, code) => {
    const [id = ''] = await changeIds('--outcome', 'updated');
    const { UPDATE_USER_CONFIG: _, ...asking } = server.env;
    const ended = await runAtTerminal(asking, ['undo', id], [['change [y/N] ', typed]]);
    expect(ended).toMatchObject({ code: 1, screen: expect.stringContaining(said) });
    const [newest] = JSON.parse((await run('changes', 'list', '--json')).stdout) as { outcome: string }[];
    expect(newest).toMatchObject({ outcome: 'refused', code, undoes: id });
  });

  it('says when a prefix of an id matches several changes', async () => {
    const { code, stderr } = await run('undo', (await changeIds())[0]?.slice(0, 4) ?? '');
    expect(code).toBe(2);
    expect(stderr).toContain('matches more than one change or batch; give more of the id');
  });

  it('reports an unknown change', async () => {
    const { code, stderr } = await run('undo', 'no-such-change');
    expect([code, stderr.trim()]).toEqual([1, 'update-user-mcp: change_id: no such change is recorded.']);
  });

  it('fails with a clear message under another key, while everything else works', async () => {
    const rows = JSON.parse((await run('changes', 'list', '--json', '--outcome', 'updated')).stdout) as {
      change_id: string;
    }[];
    server.env['UPDATE_USER_KEY'] = Buffer.alloc(32, 9).toString('base64');
    const { code, stderr } = await run('undo', rows[0]?.change_id ?? '');
    expect(code).toBe(1);
    expect(stderr).toContain('sealed with another key (UPDATE_USER_KEY)');
    const verified = await run('changes', 'verify');
    expect(verified).toMatchObject({ code: 1, stdout: expect.stringMatching(/^The chain is intact: .*oldKeys/) });
    const doctor = await run('doctor', '--json');
    const { findings } = JSON.parse(doctor.stdout) as { findings: { what: string; ok: boolean; detail: string }[] };
    const key = { what: 'key', ok: false, detail: expect.stringContaining('set UPDATE_USER_KEY to the one the other') };
    expect([doctor.code, findings.filter(({ ok }) => !ok)]).toEqual([1, [key]]);
    const agent = await server.connect('v1-form');
    const { is } = await agent.call('awork_update_user', {
      user_id: idOf('awork', 'jane'),
      set: { position: 'Pilot' },
    });
    expect(is.outcome).toBe('updated');
  });
});
