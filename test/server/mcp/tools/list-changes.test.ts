import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import type { EntryBody } from '../../../../src/store/log/entry.ts';
import { recordedField } from '../../../support/pipeline/redacted.ts';
import { listWith } from '../../../support/program/list-changes.ts';
import { type Agent, type StdioServer, startStdioServer } from '../../../support/program/stdio-server.ts';

/** What a model is told about the audit log, and how many tokens that takes. */

interface ListedRow {
  change_id: string;
  caller: string;
  reason?: string;
  changes: { field: string; before: unknown; after: unknown; characters_left_out?: unknown }[];
  more_changes?: number;
}

const body: EntryBody = { tool: 'dayzero_update_user', caller: 'local', fields: [] };
const value = (after: unknown, field = 'props.note') => recordedField(field, null, after);
const rowsOf = (is: Record<string, unknown>) => is['changes'] as ListedRow[];
const tokensOf = ({ text, is }: { text: string; is: unknown }) =>
  encode(text).length + encode(JSON.stringify(is)).length;

describe('by default', () => {
  let server: StdioServer;
  let agent: Agent;
  beforeAll(async () => {
    server = await startStdioServer({ config: { policy: { rules: [{ field: '*', decision: 'allow' }] } } });
    agent = await server.connect('v2-modern');
    const jane = idOf('atlassian', 'jane');
    const reason = 'promoted as agreed with her manager last Friday';
    for (let at = 1; at <= 12; at++) {
      await agent.call('atlassian_update_user', { user_id: jane, set: { title: `Staff Engineer ${at}` }, reason });
    }
  });
  afterAll(() => server.stop());

  it('gives ten entries, in less than 2,000 tokens of text and structure together', async () => {
    const listed = await agent.call('list_changes', {});
    expect(rowsOf(listed.is)).toHaveLength(10);
    expect(listed.is['next_cursor']).toMatch(/^\d+$/);
    expect(tokensOf(listed)).toBeLessThan(2_000);
  });

  it('says in the text too what changed, who did it, why, and how to take it back', async () => {
    const { text, is } = await agent.call('list_changes', { limit: 2 });
    const [newest] = rowsOf(is);
    const [day, user, first, second] = text.split('\n');
    expect(day).toMatch(/^\d{4}-\d\d-\d\d \(UTC\)$/);
    expect(user).toBe(`atlassian user "${idOf('atlassian', 'jane')}":`);
    expect(first).toMatch(
      /^\d\d:\d\d updated title: "Staff Engineer 11" → "Staff Engineer 12"; by local, reason "promoted .*" \[.*\]$/,
    );
    expect(first).toContain(`[${newest?.change_id}]`);
    expect(second).toContain('by local, same reason');
    expect(newest).toMatchObject({ caller: 'local', reason: expect.stringContaining('promoted') });
  });

  it.each([null, [], '{}', 7])('reports arguments that are %j as invalid_input', async (args) => {
    const answered = await agent.call('list_changes', args as never);
    expect(answered.is).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  });

  it('accepts null for arguments that are not given', async () => {
    const nulls = { provider: null, user_id: null, outcome: null, since: null, limit: null, cursor: null };
    expect(rowsOf((await agent.call('list_changes', nulls)).is)).toHaveLength(10);
  });
});

describe('large entries', () => {
  it('cuts values at 60 characters, and says next to them how many more there are', async () => {
    const { text, is } = await listWith([{ ...body, fields: [value('x'.repeat(500)), value({ a: 'y'.repeat(500) })] }]);
    const [row] = rowsOf(is);
    expect(row?.changes[0]).toEqual({
      field: 'props.note',
      before: null,
      after: 'x'.repeat(60),
      characters_left_out: { after: 440 },
    });
    expect(row?.changes[1]?.characters_left_out).toEqual({ after: 448 });
    expect(text).toContain(`"${'x'.repeat(60)}" (+440 characters)`);
  });

  it('counts the fields of an entry that it does not show', async () => {
    const fields = Array.from({ length: 301 }, (_, at) => value(`jane${at}@acme.example`, `emails.${at}`));
    const { text, is } = await listWith([{ ...body, fields }]);
    expect(rowsOf(is)[0]).toMatchObject({ more_changes: 291 });
    expect(rowsOf(is)[0]?.changes).toHaveLength(10);
    expect(text).toContain('291 more fields');
  });

  it('stays below 100 kB with a hundred of them, and continues on the next page', async () => {
    const fields = Array.from({ length: 10 }, (_, at) => value('ü"\u0001'.repeat(500), `props.${'n'.repeat(40)}${at}`));
    const large = Array.from({ length: 100 }, () => ({ ...body, reason: 'r'.repeat(500), fields }));
    const { text, is } = await listWith(large, { limit: 100 });
    expect(Buffer.byteLength(JSON.stringify([text, is]))).toBeLessThan(100_000);
    expect(rowsOf(is).length).toBeGreaterThan(5);
    expect(rowsOf(is).length).toBeLessThan(100);
    expect(is['next_cursor']).toBeDefined();
  });

  it('stays below 2,000 tokens by default', async () => {
    const fields = Array.from({ length: 8 }, (_, at) =>
      value(`日本語の長い文章です。${'あ'.repeat(80)}`, `props.k${at}`),
    );
    const listed = await listWith(Array.from({ length: 12 }, () => ({ ...body, fields })));
    expect(tokensOf(listed)).toBeLessThan(2_000);
    expect(rowsOf(listed.is).length).toBeGreaterThan(0);
  });
});

it('lists the changes of one batch', async () => {
  const bodies = [{ ...body, batchId: 'one' }, { ...body, batchId: 'two' }, body];
  const { is } = await listWith(bodies, { batch_id: 'one' });
  expect(is['changes']).toMatchObject([{ batch_id: 'one' }]);
  expect((await listWith(bodies, { batch_id: 'none' })).text).toBe('No changes.');
});
