import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { startHttpProgram } from '../../support/http/program.ts';
import { connectRawHttp } from '../../support/json-rpc/http.ts';
import { answerWith, CHOICE, expectAsked, expectResult, type RawMcpClient, YES } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { connectRaw, TOKENS, TRANSPORTS, withTokens } from '../../support/program/transports.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** A hostile client of the 2026 era with the answers to questions about batches. What counts is what arrived at the vendors. */

const TOOL = 'update_users';
const jane = idOf('atlassian', 'jane');
const john = idOf('atlassian', 'john');
const priya = idOf('atlassian', 'priya');
const titled = (user_id: string, title = 'Boss') => ({ provider: 'atlassian', user_id, set: { title } });
const batch = { changes: [titled(jane), titled(john)], reason: 'new roles' };
const single = { user_id: jane, set: { title: 'Boss' }, reason: 'new roles' };
type Args = Record<string, unknown>;

describe.each(TRANSPORTS)('over %s', (transport) => {
  let server: StdioServer;
  let wire: RawMcpClient;
  beforeAll(async () => {
    server = await startStdioServer({ config: withTokens() });
    wire = await connectRaw(transport, server.env);
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
  const ask = async (args: Args = batch, tool = TOOL) => expectAsked(await wire.call(tool, args));
  const say = async (state: unknown, args: Args = batch, tool = TOOL) =>
    await wire.call(tool, args, answerWith(YES, state));

  it('asks although the first call already carries a yes', async () => {
    expect((await wire.call(TOOL, batch, { inputResponses: { confirm: YES } })).kind).toBe('asked');
    expect(writes()).toHaveLength(0);
  });

  it('takes a yes once', async () => {
    const { state } = await ask();
    expect(expectResult(await say(state)).is).toMatchObject({ outcome: 'updated' });
    server.sandbox.vendors.atlassian.reset();
    expect(expectAsked(await say(state)).message).toMatch(/^Asked again: /);
    expect(writes()).toHaveLength(0);
  });

  it('writes each change once when several calls bring the yes at the same time', async () => {
    const { state } = await ask();
    const replies = await Promise.all(Array.from({ length: 4 }, () => say(state)));
    expect(writes()).toHaveLength(2);
    expect(replies.filter((reply) => reply.kind === 'result' && reply.is['outcome'] === 'updated')).toHaveLength(1);
  });

  it.each<[string, Args]>([
    ['the other order', { changes: [titled(john), titled(jane)] }],
    ['one change less', { changes: [titled(jane)] }],
    ['one change more', { changes: [titled(jane), titled(john), titled(priya)] }],
    ['another user', { changes: [titled(jane), titled(priya)] }],
    ['another value', { changes: [titled(jane), titled(john, 'Chief')] }],
    ['something cleared as well', { changes: [titled(jane), { ...titled(john), clear: ['nickName'] }] }],
    ['all or nothing', { all_or_nothing: true }],
    ['another reason', { reason: 'because' }],
  ])('does not take the yes for %s', async (_name, other) => {
    const { state } = await ask();
    expect((await say(state, { ...batch, ...other })).kind).toBe('asked');
    expect(writes()).toHaveLength(0);
    expect(expectResult(await say(state)).is).toMatchObject({ outcome: 'updated' });
  });

  it('does not take a yes to all or nothing for what is not', async () => {
    const { state } = await ask({ ...batch, all_or_nothing: true });
    expect((await say(state)).kind).toBe('asked');
    expect(writes()).toHaveLength(0);
  });

  it('does not take the yes to one batch for another one of the same size', async () => {
    const other = { changes: [titled(jane, 'Chief'), titled(john, 'Chief')], reason: 'new roles' };
    const [first, second] = [await ask(), await ask(other)];
    expect((await say(first.state, other)).kind).toBe('asked');
    expect((await say(second.state)).kind).toBe('asked');
    expect(writes()).toHaveLength(0);
  });

  it.each(['accept', 'decline'])(
    'takes neither for a batch what was said about one change, nor the reverse: %s',
    async (action) => {
      const answer = { action, ...(action === 'accept' && { content: { confirm: CHOICE.yes } }) };
      const change = 'atlassian_update_user';
      const one = await ask(single, change);
      const many = await ask({ changes: [titled(jane)], reason: 'new roles' });
      expect(
        (await wire.call(TOOL, { changes: [titled(jane)], reason: 'new roles' }, answerWith(answer, one.state))).kind,
      ).toBe('asked');
      expect((await wire.call(change, single, answerWith(answer, many.state))).kind).toBe('asked');
      expect(writes()).toHaveLength(0);
      expect(expectResult(await say(one.state, single, change)).is).toMatchObject({ outcome: 'updated' });
    },
  );

  it('does not take the yes to a batch for its undo', async () => {
    const made = expectResult(await say((await ask()).state));
    const args = { batch_id: made.is['batch_id'] };
    const { state } = await ask(args, 'undo_change');
    server.sandbox.vendors.atlassian.requests.length = 0;
    expect((await say((await ask({ changes: [titled(priya)] })).state, args, 'undo_change')).kind).toBe('asked');
    expect((await say(state, { ...args, reason: 'other' }, 'undo_change')).kind).toBe('asked');
    expect(writes()).toHaveLength(0);
    expect(expectResult(await say(state, args, 'undo_change')).is).toMatchObject({ outcome: 'updated' });
  });

  it('does not take the yes of another client', async () => {
    const { state } = await ask();
    const reply = await wire.call(TOOL, batch, { ...answerWith(YES, state), client: 'another-client' });
    expect(reply.kind).toBe('asked');
    expect(writes()).toHaveLength(0);
  });

  it.each([
    ['a byte of its payload turned', 40],
    ['the first byte of its signature turned', -20],
  ])('takes no token with %s', async (_name, place) => {
    const { state } = await ask();
    const at = place < 0 ? state.length + place : place;
    const altered = `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`;
    expect((await say(altered)).kind).toBe('asked');
    expect(writes()).toHaveLength(0);
  });

  it('does not write a change that moved, even if its new value is the one of the yes', async () => {
    const { state } = await ask();
    Object.assign(server.sandbox.vendors.atlassian.users.get(jane) ?? {}, { title: 'Director' });
    const { is } = expectResult(await say(state));
    expect(is).toMatchObject({ outcome: 'partly_updated', counts: { updated: 1, conflict: 1 } });
    expect(server.sandbox.vendors.atlassian.users.get(jane)).toMatchObject({ title: 'Director' });
  });

  it('keeps its token small enough for 50 changes to travel', async () => {
    const changes = [titled(jane), titled(john), titled(priya)];
    const { state } = await ask({ changes });
    const perChange = (state.length - (await ask({ changes: [titled(jane)] })).state.length) / 2;
    expect(perChange * 50).toBeLessThan(6_000);
  });
});

describe('a caller over http', () => {
  it('cannot use the yes of another caller', async () => {
    const server = await startStdioServer({ config: withTokens() });
    onTestFinished(() => server.stop());
    const { url, process: child, exit } = await startHttpProgram(server.env);
    const [agent, other] = await Promise.all([TOKENS.agent, TOKENS.other].map((token) => connectRawHttp(url, token)));
    onTestFinished(async () => {
      await Promise.all([agent?.close(), other?.close()]);
      child.kill('SIGTERM');
      await exit;
    });
    if (!agent || !other) throw new Error('no clients');
    const { state } = expectAsked(await agent.call(TOOL, batch));
    expect((await other.call(TOOL, batch, answerWith(YES, state))).kind).toBe('asked');
    expect(server.sandbox.vendors.atlassian.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    const { is } = expectResult(await agent.call(TOOL, batch, answerWith(YES, state)));
    expect(is).toMatchObject({ outcome: 'updated' });
  });
});

it('a call that is cancelled begins no further change', async () => {
  const server = await startStdioServer({ config: { limits: { concurrentWrites: 1 } } });
  onTestFinished(() => server.stop());
  const { atlassian } = server.sandbox.vendors;
  const wire = await connectRaw('stdio', server.env);
  const { state } = expectAsked(await wire.call(TOOL, batch));
  const held = holdNext(atlassian, 'PUT');
  const id = wire.post(TOOL, batch, answerWith(YES, state));
  await held.arrived;
  wire.cancel(id);
  // Messages are read in order: the answer to this one comes after the cancellation.
  await wire.call('list_changes', { limit: 1 });
  held.release();
  await wire.close(); // after the call has ended
  expect(atlassian.users.get(jane)).toMatchObject({ title: 'Boss' });
  expect(atlassian.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  const log = createApp(loadSettings(server.env, server.env['UPDATE_USER_CONFIG']));
  onTestFinished(() => log.shutdown());
  const entries = await (await log.store()).list({ limit: 10 });
  expect(entries.map(({ userId, outcome }) => [userId, outcome])).toEqual([[jane, 'updated']]);
});
