import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { EntryBody, UserRef } from '../../../src/store/log/entry.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';

/** Filters of `changes list` and `changes export` are applied or refused, never ignored. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const JANE = idOf('awork', 'jane');
const REASON = 'leaves on Friday, says the ticket of the personnel department, and the account has to follow';

let dir: string;
let sandbox: Sandbox;
let env: Record<string, string>;
let names: string[];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-filters-'));
  sandbox = await startSandbox();
  const file = join(dir, 'changes.db');
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    ...sandbox.env,
    UPDATE_USER_STORE: file,
    UPDATE_USER_LOG: 'silent',
  };
  let clock = 0;
  const store = await openSqliteStore(file, createProcessId(), { now: () => clock });
  const record = async (
    at: string,
    changeId: string,
    who: Partial<UserRef>,
    outcome: string,
    body: Partial<EntryBody>,
  ) => {
    clock = Date.parse(at);
    const person = { provider: 'awork', connection: 'awork', userId: JANE, ...who };
    const whole = { tool: 't', caller: 'local', fields: [recordedField('title', 'a', 'b')], ...body };
    if (outcome !== 'updated') return await store.attempt({ ...person, changeId, outcome, body: whole });
    await store.open({
      entry: { ...person, changeId, outcome: 'unverified', body: whole },
      since: await store.lastSeq(person),
    });
    await store.close(changeId, outcome, whole);
  };
  const dayzero = { provider: 'dayzero', connection: 'dayzero', userId: '77' };
  await record('2026-01-30T23:59:59.999Z', 'before', {}, 'updated', {});
  await record('2026-01-31T00:00:00.000Z', 'first', {}, 'updated', {
    caller: 'nightly-sync',
    approvedBy: 'ann',
    reason: REASON,
  });
  await record('2026-01-31T12:30:30.500Z', 'props', dayzero, 'updated', {
    fields: [recordedField('props.theme', 'x', 'y')],
  });
  await record('2026-01-31T12:30:31.000Z', 'whole', dayzero, 'failed', {
    fields: [recordedField('props', { theme: 'y' }, { theme: 'z', access: 1 })],
    code: 'forbidden',
  });
  await record('2026-01-31T23:59:59.999Z', 'last', dayzero, 'refused', {
    fields: [recordedField('propsy', 1, 2)],
    declinedBy: 'bob',
    batchId: 'batch-1',
  });
  await record('2026-02-01T00:00:00.000Z', 'after', { userId: 'u-9' }, 'denied', {
    caller: 'https://idp.example#jane',
  });
  names = ['before', 'first', 'props', 'whole', 'last', 'after'];
  await store.stop();
});
afterAll(async () => {
  await sandbox.close();
  rmSync(dir, { recursive: true, force: true });
});

const run = (...args: string[]) => callProgram(['changes', ...args], env);

async function listed(...filter: string[]): Promise<string[]> {
  const { stdout } = await run('list', '--json', ...filter);
  return (JSON.parse(stdout) as { change_id: string }[]).map(({ change_id }) => change_id).reverse();
}

async function exported(...filter: string[]): Promise<string[]> {
  const lines = (await run('export', ...filter)).stdout.split('\n').filter(Boolean);
  return [...new Set(lines.map((line) => (JSON.parse(line) as { changeId: string }).changeId))];
}

describe('a filter', () => {
  it.each<[string[], string[]]>([
    [[], ['before', 'first', 'props', 'whole', 'last', 'after']],
    [
      ['--provider', 'dayzero'],
      ['props', 'whole', 'last'],
    ],
    [
      ['--outcome', 'updated'],
      ['before', 'first', 'props'],
    ],
    [
      ['--user', '77'],
      ['props', 'whole', 'last'],
    ],
    [['--user', 'u-9'], ['after']],
    [['--approver', 'Ann'], ['first']],
    [['--approver', '*b*'], ['last']],
    [['--batch', 'batch-1'], ['last']],
    [['--batch', 'batch-1', '--provider', 'awork'], []],
    [['--caller', 'nightly-sync'], ['first']],
    [['--caller', 'Nightly-SYNC'], ['first']],
    [['--caller', 'nightly-*'], ['first']],
    [['--caller', 'https://idp.example#jane'], ['after']],
    [
      ['--field', 'title'],
      ['before', 'first', 'after'],
    ],
    [
      ['--field', 'props'],
      ['props', 'whole'],
    ],
    [
      ['--field', 'props.theme'],
      ['props', 'whole'],
    ],
    [['--field', 'props.access'], ['whole']],
    [
      ['--field', 'dayzero.props.theme'],
      ['props', 'whole'],
    ],
    [
      ['--field', '*.props'],
      ['props', 'whole'],
    ],
    [['--field', 'awork.props'], []],
    [
      ['--since', '2026-01-31'],
      ['first', 'props', 'whole', 'last', 'after'],
    ],
    [
      ['--since', '2026-01-31T12:30:31'],
      ['whole', 'last', 'after'],
    ],
    [
      ['--since', '2026-01-31T13:30:31+01:00'],
      ['whole', 'last', 'after'],
    ],
    [
      ['--since', '2026-01-31 12:30:30.501Z'],
      ['whole', 'last', 'after'],
    ],
    [
      ['--until', '2026-01-31'],
      ['before', 'first', 'props', 'whole', 'last'],
    ],
    [
      ['--until', '2026-01-31T12:30:30'],
      ['before', 'first', 'props'],
    ],
    [
      ['--since', '2026-01-31', '--until', '2026-01-31'],
      ['first', 'props', 'whole', 'last'],
    ],
    [['--since', '1d'], []],
    [
      ['--since', '99999d'],
      ['before', 'first', 'props', 'whole', 'last', 'after'],
    ],
    [['--until', '1h', '--provider', 'awork', '--caller', 'local'], ['before']],
    [['--provider', 'dayzero', '--outcome', 'failed', '--field', 'props.theme', '--since', '2026-01-31'], ['whole']],
  ])('%j applies to list and to export', async (filter, ids) => {
    expect(await listed(...filter)).toEqual(ids);
    expect(await exported(...filter)).toEqual(ids);
  });

  it('reads a time without a zone as UTC, in any time zone of the machine', async () => {
    const here = { ...env, TZ: 'America/Los_Angeles' };
    const { stdout } = await runProgram(['changes', 'list', '--since', '2026-02-01T00:00'], here);
    const [head, row, span] = stdout.split('\n');
    expect(head).toMatch(/^WHEN \(UTC\) /);
    expect(row).toMatch(/^2026-02-01 00:00 .*after$/);
    expect(span).toBe('Changes from 2026-02-01 00:00 (UTC).');
  });

  it.each<[string[], RegExp]>([
    [['list', '--since', 'someday'], /--since: expected 7d .*UTC/],
    [['list', '--since', '2026-02-30'], /--since: there is no such time/],
    [['export', '--until', '2026-01-01T25:00'], /--until: there is no such time/],
    [['list', '--since', '2026-02-02', '--until', '2026-02-01'], /--since: is after --until/],
    [['export', '--limit', '0'], /--limit: expected a whole number/],
    [['export', '--outcome', 'refused_by_person'], /--outcome refused_by_person: expected one of/],
    [['export', '--provider', 'bogus'], /--provider bogus: expected one of/],
    [['list', '--user', ''], /--user: is empty/],
    [['list', '--user', 'a', '--user', 'b'], /--user: is given twice/],
    [['list', '--format', 'xml'], /--format xml: expected one of table, json, jsonl, csv, ocsf/],
    [['list', '--format', 'csv', '--json'], /--json: is --format json; give one of the two/],
    [['export', '--format', 'csv', '--json'], /--json: is --format jsonl; give one of the two/],
    [['list', '--head', 'a'.repeat(64)], /changes list does not take --head/],
    [['verify', '--provider', 'awork'], /changes verify does not take --provider\.\nUsage: /],
    [['verify', '--since', '7d'], /changes verify does not take --since/],
  ])('%j is refused, not ignored', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('a format', () => {
  const ofDayzero = ['--provider', 'dayzero'];

  it('lists changes, newest first', async () => {
    const printed = async (format: string) => (await run('list', ...ofDayzero, '--format', format)).stdout;
    const [json, jsonl] = [await printed('json'), await printed('jsonl')];
    const [csv, ocsf] = [await printed('csv'), await printed('ocsf')];
    const changes = JSON.parse(json ?? '') as { change_id: string }[];
    expect(changes.map(({ change_id }) => change_id)).toEqual(['last', 'whole', 'props']);
    expect(jsonl).toBe(changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
    const rows = csv?.split('\r\n') ?? [];
    expect(rows[0]).toMatch(/^time_utc,outcome,caller,/);
    expect(rows.slice(1).map((row) => row.split(',').at(-1))).toEqual(
      ['last', 'whole', 'props', undefined].map((id) => id ?? ''),
    );
    const events = (ocsf ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toMatchObject(
      changes.map(({ change_id }) => ({ class_uid: 3001, metadata: { original_event_uid: change_id } })),
    );
  });

  it('exports, oldest first: every entry as it is stored, or each change once', async () => {
    const printed = async (format: string) => (await run('export', ...ofDayzero, '--format', format)).stdout;
    const [json, jsonl] = [await printed('json'), await printed('jsonl')];
    const [csv, table] = [await printed('csv'), await printed('table')];
    const entries = JSON.parse(json ?? '') as { changeId: string; kind: string }[];
    expect(entries.map(({ changeId, kind }) => `${changeId} ${kind}`)).toEqual([
      ...['props opened', 'props closed', 'whole attempt', 'last attempt'],
    ]);
    expect(jsonl).toBe(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    expect((await run('export', ...ofDayzero, '--json')).stdout).toBe(jsonl);
    const ids = (csv ?? '')
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(',').at(-1));
    expect(ids).toEqual(['change_id', 'props', 'whole', 'last']);
    expect(
      table
        ?.trimEnd()
        .split('\n')
        .map((row) => row.split(/ {2,}/).at(-1)),
    ).toEqual(['CHANGE', 'props', 'whole', 'last']);
    const limited = await run('export', ...ofDayzero, '--format', 'table', '--limit', '2');
    expect(limited.stdout).toContain('There are more: --limit 2 is reached.');
  });

  it('has a head, and says so, where nothing matches', async () => {
    const none = ['--user', 'nobody-7'];
    expect(JSON.parse((await run('list', ...none, '--format', 'json')).stdout)).toEqual([]);
    const csv = await run('export', ...none, '--format', 'csv');
    expect(csv.stdout).toMatch(/^time_utc,.*\r\n$/);
    expect(csv.stderr).toContain('The audit log has no entry of this user.');
  });
});

describe('a limit', () => {
  it('of a list says how many more changes there are, and how to see them', async () => {
    const { stdout } = await run('list', '--limit', '2');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('4 more: --limit 6');
    expect((await run('list', '--limit', '6')).stdout).not.toContain('more');
    const json = await run('list', '--limit', '2', '--json', '--provider', 'dayzero');
    expect(JSON.parse(json.stdout)).toHaveLength(2);
    expect(json.stderr).toContain('1 more: --limit 3');
  });

  it('of an export counts entries, and says that there are more', async () => {
    const { stdout, stderr } = await run('export', '--limit', '2');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).toContain('There are more: --limit 2 is reached.');
  });
});

describe('an e-mail address', () => {
  const email = 'jane.doe@acme.example';

  it('is looked up at the vendors, and the audit log searched for the ids found', async () => {
    expect(await listed('--user', email)).toEqual(['before', 'first']);
    expect(await exported('--user', email)).toEqual(['before', 'first']);
    expect(await listed('--user', email.toUpperCase(), '--outcome', 'updated')).toEqual(['before', 'first']);
  });

  it('that no user has is reported, with what could not be searched', async () => {
    const { code, stdout } = await run('list', '--user', 'nobody@acme.example');
    expect(code).toBe(1);
    expect(stdout.replaceAll('\n', ' ')).toMatch(
      /No user with the e-mail address nobody@acme\.example was found\. .*user id/,
    );
    expect(stdout).toContain('No changes.');
    const json = await run('list', '--json', '--user', 'nobody@acme.example');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([1, []]);
    expect(json.stderr).toContain('nobody@acme.example');
  });

  it('is told apart from one whose vendor did not answer', async () => {
    sandbox.vendors.awork.faults.push({ kind: 'status', status: 500, times: 50 });
    const { code, stdout } = await run('list', '--user', email);
    sandbox.vendors.awork.reset();
    expect(code).toBe(1);
    expect(stdout).toMatch(/Not searched, or only in part: awork\. /);
  });

  it('cannot be looked up where no provider is connected', async () => {
    const alone = { HOME: dir, UPDATE_USER_STORE: env['UPDATE_USER_STORE'] ?? '' };
    const { code, stdout } = await runProgram(['changes', 'list', '--user', email], alone);
    expect(code).toBe(1);
    expect(stdout.replaceAll('\n', ' ')).toMatch(/cannot be looked up: no provider is connected/);
  });
});

it.each([
  [['--user', 'Jane Doe'], 'The audit log has no entry of this user.'],
  [['--caller', 'nightly-snyc'], 'The audit log has no entry of the caller "nightly-snyc".'],
  [['--field', 'tilte'], 'The audit log has no entry of the field "tilte".'],
])('says that no entry matches %j', async (filter, sentence) => {
  const { code, stdout } = await run('list', ...filter);
  expect([code, stdout]).toEqual([0, `No changes.\n${sentence}\n`]);
  // A value that some entry has is not reported as missing, only because no change matches all filters.
  expect((await run('list', ...filter, '--provider', 'dayzero', '--caller', 'local')).stdout).not.toContain(
    'caller "local"',
  );
});

describe('the table', () => {
  it('shows one line for each change in a pipe', async () => {
    const { stdout } = await run('list', '--limit', '6');
    const [head = '', ...lines] = stdout.trimEnd().split('\n');
    expect(head.split(/ {2,}/)).toEqual(['WHEN (UTC)', 'OUTCOME', 'WHO', 'WHERE', 'USER', 'WHAT', 'WHY', 'CHANGE']);
    expect(lines).toHaveLength(6);
    const first = lines.find((line) => line.endsWith('first'));
    for (const part of [
      '2026-01-31 00:00',
      'updated',
      'nightly-sync, approved by ann',
      JANE,
      'title: "a" → "b"',
      `"${REASON}"`,
    ])
      expect(first).toContain(part);
    expect(lines.find((line) => line.endsWith('last'))).toContain('local, declined by bob');
    expect(lines.find((line) => line.endsWith('whole'))).toContain('(forbidden)');
  });

  it('shows everything within 80 columns of a terminal', async () => {
    const { screen } = await runAtTerminal(env, ['changes', 'list'], []);
    const lines = screen.trimEnd().split(/\r?\n/);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^WHEN \(UTC\) /);
    expect(screen).toContain('nightly-sync, approved by ann');
    const text = lines.map((line) => line.trim()).join(' ');
    expect(text).toContain(REASON);
    expect(text).toContain('https://idp.example#jane');
    for (const name of names) expect(screen).toMatch(new RegExp(`^\\d{4}-.* ${name}\\r?$`, 'm'));
  });
});
