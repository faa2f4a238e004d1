import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { CHOICE, converse, expectResult, type RawMcpClient, YES } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TRANSPORTS, withTokens } from '../../support/program/transports.ts';

/** `update_users` of the running program, over every transport and in both eras. What counts is what arrived at the vendors. */

const TOOL = 'update_users';
const SECRET = 'correct-horse-battery';
const jane = idOf('atlassian', 'jane');
const john = idOf('atlassian', 'john');
const at = (provider: 'atlassian' | 'awork' | 'mediasilo', user_id: string, set: object) => ({
  provider,
  user_id,
  set,
});
const titles = (title: string) => ({
  changes: [
    at('atlassian', jane, { title }),
    at('atlassian', john, { title }),
    at('awork', idOf('awork', 'jane'), { position: title }),
  ],
});
const risky = { changes: [at('atlassian', jane, { active: false }), at('atlassian', john, { title: 'Boss' })] };
const typed = (text: string) => ({ action: 'accept', content: { confirm: CHOICE.yes, typed: text } });

type Changed = { outcome: string; counts: Record<string, number>; batch_id: string; results: Record<string, never>[] };

const WIRES = TRANSPORTS.flatMap((transport) => (['2026', '2025'] as const).map((era) => [transport, era] as const));

describe.each(WIRES)('over %s, in the era of %s', (transport, era) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  beforeAll(async () => {
    server = await startStdioServer({ config: withTokens({ policy: { allowSecretInput: true } }) });
    wire = await connectRaw(transport, server.env, { era });
  });
  afterAll(async () => {
    await wire.close();
    await server.stop();
  });
  beforeEach(() => {
    for (const vendor of Object.values(server.sandbox.vendors)) vendor.reset();
  });

  const writes = () =>
    Object.values(server.sandbox.vendors).flatMap((each) => each.requests.filter(({ method }) => method === 'PUT'));
  const ask = async (args: unknown, answer: (message: string) => unknown, extras = {}) => {
    const reply = expectResult(await converse(wire, era, TOOL, args, ({ message }) => answer(message), extras));
    return { ...reply, is: reply.is as unknown as Changed };
  };

  it('asks once, with every line of every person, and makes all with one yes', async () => {
    const questions: string[] = [];
    const { is, isError, text } = await ask({ ...titles('Boss'), reason: 'new roles' }, (message) => {
      questions.push(message);
      return YES;
    });
    expect(questions).toHaveLength(1);
    const lines = questions[0]?.split('\n') ?? [];
    expect(lines[0]).toBe('Change 3 user records?');
    expect(lines.filter((line) => line.startsWith('- ') && line.endsWith('→ "Boss"'))).toHaveLength(3);
    expect(lines.at(-1)).toContain('reason: "new roles"');
    expect(is).toMatchObject({ outcome: 'updated', counts: { updated: 3 } });
    expect(Object.keys(is).sort()).toEqual(['batch_id', 'counts', 'message', 'outcome', 'results']);
    expect(is.results.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['atlassian', 'updated'],
      ['atlassian', 'updated'],
      ['awork', 'updated'],
    ]);
    expect(isError).toBe(false);
    expect(text).toContain(is.batch_id);
    expect(writes()).toHaveLength(3);
    const listed = expectResult(await wire.call('list_changes', { batch_id: is.batch_id }));
    expect(listed.is['changes']).toHaveLength(3);
  });

  it('takes everything back with one question', async () => {
    const { is } = await ask(titles('Boss'), () => YES);
    const undo = await converse(wire, era, 'undo_change', { batch_id: is.batch_id }, ({ message }) => {
      expect(message).toContain(`This undoes batch "${is.batch_id}"`);
      return YES;
    });
    expect(expectResult(undo).is).toMatchObject({ outcome: 'updated', counts: { updated: 3 } });
    expect(server.sandbox.vendors.atlassian.users.get(jane)).toMatchObject({ title: 'Product Manager' });
    const again = expectResult(await wire.call('undo_change', { batch_id: is.batch_id }));
    expect(again.is).toMatchObject({ outcome: 'unchanged', counts: { unchanged: 3 } });
  });

  it('takes the count that has to be typed, and nothing else, three times', async () => {
    const answers = ['1', 'Jane Doe', '22'];
    const wrong = await ask(risky, () => typed(answers.shift() ?? ''));
    expect(wrong.is).toMatchObject({ outcome: 'refused', counts: { refused: 2 } });
    expect(wrong.isError).toBe(true);
    expect(answers).toEqual([]);
    expect(writes()).toHaveLength(0);
    const right = await ask(risky, () => typed('2'));
    expect(right.is).toMatchObject({ outcome: 'updated', counts: { updated: 2 } });
  });

  it('changes nothing after a no, and says so of each', async () => {
    const { is, isError } = await ask(titles('Boss'), () => ({ action: 'accept', content: { confirm: CHOICE.no } }));
    expect(is).toMatchObject({ outcome: 'refused', counts: { refused: 3 } });
    expect(is.results.every(({ code, change_id }) => code === 'declined' && change_id !== undefined)).toBe(true);
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(0);
  });

  it.each(['decline', 'cancel'])(
    'sends the question elsewhere after a %s that no person can have given',
    async (action) => {
      const { is } = await ask(titles('Boss'), () => ({ action }));
      expect(is).toMatchObject({ outcome: 'failed', counts: { failed: 3 } });
      expect(is.results.map(({ code }) => code)).toEqual(Array(3).fill('confirmation_unavailable'));
      expect(writes()).toHaveLength(0);
    },
  );

  it('skips a record that moved while the question waited, and makes the others', async () => {
    const { is, isError } = await ask(titles('Boss'), () => {
      const record = server.sandbox.vendors.atlassian.users.get(john);
      if (record) record['title'] = 'Director';
      return YES;
    });
    expect(is).toMatchObject({ outcome: 'partly_updated', counts: { updated: 2, conflict: 1 } });
    expect(is.results[1]).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(2);
  });

  it('fails as a whole for one bad argument, and records that for each user', async () => {
    const { changes } = titles('Boss');
    const reason = `bad ${transport} ${era}`;
    const { is, isError } = await ask({ changes: [...changes, at('awork', 'x', { titel: 1 })], reason }, () => YES);
    expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(String((is as unknown as { message: string }).message)).toContain('changes[3].set.titel: ');
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(0);
    const listed = expectResult(await wire.call('list_changes', { user_id: john, limit: 1 }));
    expect(listed.is['changes']).toMatchObject([{ outcome: 'failed', code: 'invalid_input', tool: TOOL }]);
  });

  it('previews without a question, with the changes of each', async () => {
    const { is, text } = await ask({ ...titles('Boss'), dry_run: true }, () => YES);
    expect(is).toMatchObject({ outcome: 'preview', counts: { preview: 3 }, verdict: 'confirm', rule: 'built-in' });
    expect(is.results[0]).toMatchObject({ changes: [{ field: 'title', before: 'Product Manager', after: 'Boss' }] });
    expect(text).toContain('"Product Manager" → "Boss"');
    expect(writes()).toHaveLength(0);
  });

  it('puts all back if one of all or nothing fails', async () => {
    server.sandbox.vendors.awork.faults.push({ kind: 'status', status: 400, method: 'PUT' });
    const { is } = await ask({ ...titles('Boss'), all_or_nothing: true }, () => YES);
    expect(is).toMatchObject({ outcome: 'failed', counts: { failed: 3 } });
    expect(is.results.map(({ code }) => code)).toContain('upstream_rejected');
    expect(server.sandbox.vendors.atlassian.users.get(jane)).toMatchObject({ title: 'Product Manager' });
  });

  it('refuses all or nothing for what could not be undone', async () => {
    const changes = [
      at('atlassian', jane, { title: 'Boss' }),
      { provider: 'atomicwork', user_id: idOf('atomicwork', 'john'), set: { password: SECRET } },
    ];
    const { is } = await ask({ changes, all_or_nothing: true }, () => typed('2'));
    expect(is).toMatchObject({ outcome: 'failed', counts: { failed: 2 } });
    expect(is.results.map(({ code }) => code)).toEqual(['not_started', 'invalid_input']);
    expect(writes()).toHaveLength(0);
    expect(wire.lines.join('\n')).not.toContain(SECRET);
  });

  it('reports progress to a client that asks for it', async () => {
    const token = `progress-${transport}-${era}`;
    const meta = { progressToken: token };
    await ask(titles('Boss'), () => YES, { meta });
    const seen = wire.lines
      .map((line) => {
        const start = line.indexOf('{');
        try {
          return JSON.parse(line.slice(start)) as { method?: string; params?: Record<string, unknown> };
        } catch {
          return {};
        }
      })
      .filter(({ method, params }) => method === 'notifications/progress' && params?.['progressToken'] === token)
      .map(({ params }) => Number(params?.['progress']));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(200);
    expect(seen.every((value, index) => index === 0 || value > (seen[index - 1] ?? 0) || era === '2026')).toBe(true);
  });
});
