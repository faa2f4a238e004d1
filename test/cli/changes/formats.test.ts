import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import type { App } from '../../../src/app.ts';
import { searchChanges } from '../../../src/audit/search.ts';
import { csvHead, toCsv } from '../../../src/cli/changes/csv.ts';
import { findEntries, findOldestFirst } from '../../../src/cli/changes/entries.ts';
import type { Format } from '../../../src/cli/changes/format-names.ts';
import { toOcsf } from '../../../src/cli/changes/ocsf.ts';
import { toQuery } from '../../../src/cli/changes/query.ts';
import { toChangeTable } from '../../../src/cli/changes/table.ts';
import { stringifyJson } from '../../../src/lib/json/json.ts';
import type { Entry, EntryBody, ListedChange } from '../../../src/store/log/entry.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { LOOKED_UP } from '../../../src/store/store.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import { batchEvent, body, entry, person } from '../../support/store/samples.ts';
import { accountChange } from './ocsf-schema.ts';

function change(body: Partial<EntryBody>, more: Partial<ListedChange> = {}): ListedChange {
  return {
    ...person('u-1'),
    seq: 7,
    changeId: 'c-1',
    kind: 'closed',
    at: '2026-01-31T09:00:00.123Z',
    outcome: 'updated',
    owner: 'here',
    prev: '0'.repeat(64),
    hash: 'f'.repeat(64),
    open: false,
    ...more,
    body: { tool: 'acme_update_user', caller: 'local', fields: [], ...body },
  };
}

/** Reads CSV by the rules of RFC 4180, strictly. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  for (let row: string[] = []; cell.lastIndex < text.length; ) {
    const found = cell.exec(text);
    if (!found) throw new Error(`no CSV: ${text}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') {
      records.push(row);
      row = [];
    }
  }
  return records;
}

function csvRows(one: ListedChange): Record<string, string>[] {
  const [head = [], ...rows] = parseCsv(csvHead() + toCsv(one));
  return rows.map((row) => {
    expect(row).toHaveLength(head.length);
    return Object.fromEntries(row.map((cell, at) => [head[at] ?? '', cell]));
  });
}

it('CSV has a line for each field, and one where there is none', () => {
  const fields = [recordedField('title', 'a', 'b'), recordedField('props.theme', null, { dark: true })];
  const [first, second] = csvRows(change({ fields, approvedBy: 'ann', reason: 'leaves, "soon"\r\nsays Bob' }));
  expect(first).toMatchObject({
    time_utc: '2026-01-31T09:00:00.123Z',
    outcome: 'updated',
    caller: 'local',
    approved_by: 'ann',
    user_id: 'u-1',
    field: 'title',
    before: 'a',
    after: 'b',
    reason: 'leaves, "soon"\r\nsays Bob',
    change_id: 'c-1',
  });
  expect(second).toMatchObject({ field: 'props.theme', before: '', after: '{"dark":true}', change_id: 'c-1' });
  expect(csvRows(change({}, { outcome: 'unverified', open: true }))).toMatchObject([{ outcome: 'open', field: '' }]);
});

it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', '=cmd|"/c calc"!A0'])('CSV keeps %j from being a formula', (text) => {
  const fields = [recordedField(text, text, [text])];
  const [row] = csvRows(change({ fields, reason: text, caller: text }, { userId: text, changeId: text }));
  for (const name of ['field', 'before', 'reason', 'caller', 'user_id', 'change_id'])
    expect(row?.[name]).toBe(`'${text}`);
  expect(csvRows(change({ fields: [recordedField('n', -5, 12345678901234567890n)] }))[0]).toMatchObject({
    before: "'-5",
    after: '12345678901234567890',
  });
});

const field = (name: string, effect: string, before: unknown, after: unknown) => ({
  ...recordedField(name, before, after),
  effect,
});

it.each<[string, Partial<EntryBody>, Partial<ListedChange>, [activity: number, status: number]]>([
  ['a title', { fields: [field('title', 'ordinary', 'a', 'b')] }, {}, [99, 1]],
  ['a password', { fields: [field('password', 'secret', '[secret]', '[secret]')] }, {}, [3, 1]],
  ['access taken away', { fields: [field('active', 'lifecycle', true, false)] }, {}, [5, 1]],
  ['access given', { fields: [field('status', 'lifecycle', 'INACTIVE', 'ACTIVE')] }, {}, [2, 1]],
  ['a last day', { fields: [field('terminated_on', 'lifecycle', null, '2026-02-01')] }, {}, [5, 1]],
  ['a deletion', { fields: [field('is_deleted', 'lifecycle', false, true)] }, {}, [6, 1]],
  ['a return', { fields: [field('is_deleted', 'lifecycle', true, false)] }, {}, [2, 1]],
  ['a state we do not know', { fields: [field('status', 'lifecycle', 'a', 'b')] }, {}, [99, 1]],
  ['a role given', { fields: [field('roles', 'access', null, ['x'])] }, {}, [7, 1]],
  ['a role taken', { fields: [field('roles', 'access', ['x'], [])] }, {}, [8, 1]],
  ['an address', { fields: [field('email', 'identity', 'j•••', 'k•••')] }, {}, [99, 1]],
  [
    'several',
    { fields: [field('title', 'ordinary', 'a', 'b'), field('active', 'lifecycle', true, false)], client: 'c 1' },
    {},
    [5, 1],
  ],
  ['a refusal', { declinedBy: 'ann', code: 'declined', message: 'No.' }, { outcome: 'refused' }, [99, 2]],
  ['what may have been written', { detail: 'the reply was lost' }, { outcome: 'unverified' }, [99, 0]],
  ['an open change', {}, { outcome: 'unverified', open: true }, [99, 0]],
  ['a request', { approvalId: 'a-1' }, { outcome: 'needs_approval' }, [99, 99]],
  ['a change of a batch', { batchId: 'b-1', undoes: 'c-0', rule: 'rules[1]', ruleName: 'titles' }, {}, [99, 1]],
])('OCSF: %s is an Account Change event as the schema has it', (_, body, more, [activity, status]) => {
  const event: unknown = JSON.parse(stringifyJson(toOcsf(change(body, more))));
  const validate = new Ajv2020({ allErrors: true }).compile(accountChange);
  validate(event);
  expect(validate.errors ?? []).toEqual([]);
  expect(event).toMatchObject({
    activity_id: activity,
    type_uid: 3001 * 100 + activity,
    status_id: status,
    time: Date.parse('2026-01-31T09:00:00.123Z'),
    user: { uid: 'u-1' },
    actor: { user: { name: 'local' } },
  });
});

it('OCSF: says why and who agreed, and what changed, outside of the schema', () => {
  const fields = [field('title', 'ordinary', 'a', 12345678901234567890n)];
  const text = stringifyJson(toOcsf(change({ fields, reason: 'promoted', approvedBy: 'ann', batchId: 'b-1' })));
  expect(text).toContain('"after":12345678901234567890');
  expect(JSON.parse(text)).toMatchObject({
    metadata: { original_event_uid: 'c-1', correlation_uid: 'b-1', sequence: 7 },
    unmapped: { reason: 'promoted', approved_by: 'ann', provider: 'acme', changes: [{ field: 'title' }] },
  });
});

it('OCSF has no event for the look-ups of a caller, which concern no account', async () => {
  const store = createMemoryStore(createProcessId());
  await store.attempt(entry('c-1'));
  await store.attempt(entry('looked-up', { outcome: LOOKED_UP }));
  const shown = async (format: Format) => {
    const { query } = await toQuery({}, {}, {} as App, format);
    const ids: string[] = [];
    for await (const { changeId } of findOldestFirst(store, query)) ids.push(changeId);
    const { changes } = await searchChanges(store, query, { limit: 9 });
    expect(changes.map(({ changeId }) => changeId).reverse()).toEqual(ids);
    return ids;
  };
  expect(await shown('csv')).toEqual(['c-1', 'looked-up']);
  expect(await shown('ocsf')).toEqual(['c-1']);
});

it('an export of entries has the events of a batch, where nothing leaves them out, and one of changes has none', async () => {
  const store = createMemoryStore(createProcessId());
  const batch = { id: 'b-1', expiresAt: Number.MAX_SAFE_INTEGER, header: Uint8Array.of(), parts: [] };
  await store.batches.open({ batch, entry: batchEvent('b-1', 'opened') });
  await store.attempt(entry('c-1', { outcome: 'updated', body: { ...body(), batchId: 'b-1' } }));
  await store.batches.finish('b-1', batchEvent('b-1', 'finished'), 'drop');
  const ids = async (entries: AsyncIterable<Entry>) => {
    const found: string[] = [];
    for await (const { changeId } of entries) found.push(changeId);
    return found;
  };
  const whole = ['b-1', 'c-1', 'b-1'];
  for (const query of [{}, { batchId: 'b-1' }, { provider: 'acme' }, { provider: 'acme', connection: 'acme' }]) {
    expect(await ids(findEntries(store, query))).toEqual(whole);
    expect(await ids(findOldestFirst(store, query))).toEqual(['c-1']);
  }
  expect(await ids(findEntries(store, { provider: 'zeta', connection: 'west' }))).toEqual(['b-1', 'b-1']);
  for (const query of [{ provider: 'acme,zeta' }, { userId: '' }, { batchId: 'b-2' }, { connection: 'other' }]) {
    expect((await ids(findOldestFirst(store, query))).length).toBe(0);
  }
  expect(await ids(findEntries(store, { connection: 'other' }))).toEqual([]);
  expect(await ids(findEntries(store, { outcome: 'updated' }))).toEqual(['c-1']);
});

it.each([30, 64, 72, 80, 200])('the table has the whole time at %i columns, and is no wider', (width) => {
  const [one, other] = [change({}, { outcome: 'needs_approval' }), change({}, { userId: 'u'.repeat(40) })];
  const table = toChangeTable([one, other], width);
  expect(table.split('2026-01-31 09:00')).toHaveLength(3);
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
});

it('an export misses nothing because a clock was wrong for a while', async () => {
  let now = 0;
  const store = createMemoryStore(createProcessId(), { now: () => now });
  const times = ['2026-01-10', '2026-01-11', '2099-01-01', '1970-01-01', '2026-01-12', '2026-02-20'];
  for (const at of times) {
    now = Date.parse(at);
    await store.attempt(entry(at));
  }
  const ids: string[] = [];
  const query = { since: '2026-01-10T00:00:00.000Z', until: '2026-01-31T00:00:00.000Z' };
  for await (const { changeId } of findOldestFirst(store, query)) ids.push(changeId);
  expect(ids).toEqual(['2026-01-10', '2026-01-11', '2026-01-12']);
});
