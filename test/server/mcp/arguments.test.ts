import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';

/** Results of calls with invalid arguments, and their audit entries. */

let server: StdioServer;
let agent: Agent;
beforeAll(async () => {
  const second = { provider: 'awork', apiKey: '${env:AWORK_API_KEY}', baseUrl: '${env:AWORK_BASE_URL}' };
  server = await startStdioServer({ config: { connections: { 'acme.eu': second } } });
  agent = await server.connect('v2-modern');
});
afterAll(() => server.stop());

const newest = async () => {
  const { is } = await agent.call('list_changes', { limit: 1 });
  return (is['changes'] as Record<string, unknown>[])[0];
};

describe('a connection that was not chosen', () => {
  it.each([
    ['missing', {}, '(not given)'],
    ['mistyped', { connection: 'acme.us' }, 'acme.us'],
    ['no text', { connection: 7 }, '(not a text)'],
    ['unprintable', { connection: `a\u202e\n${'b'.repeat(80)}` }, `a??${'b'.repeat(54)}...`],
  ])('is not reported under the name of another: %s', async (_name, args, shown) => {
    const { is, text } = await agent.call('awork_update_user', { user_id: 'u-1', set: { position: 'Boss' }, ...args });
    expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input', provider: 'awork', connection: shown });
    expect(text).toContain('connection: ');
    expect(await newest()).toMatchObject({ connection: shown, user_id: 'u-1', code: 'invalid_input' });
  });
});

describe('an invalid user_id', () => {
  it.each([
    ['missing', {}, '(not given)'],
    ['empty', { user_id: '' }, '(empty)'],
    ['no number', { user_id: 'abc' }, 'abc'],
    ['no text', { user_id: { id: 42 } }, '(not a text)'],
    ['unprintable', { user_id: `4\u0007${'2'.repeat(80)}` }, `4?${'2'.repeat(55)}...`],
  ])('is reported as given: %s', async (_name, args, shown) => {
    const { is } = await agent.call('atomicwork_update_user', { set: { title: 'Boss' }, ...args });
    expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input', user: { id: shown } });
    expect(await newest()).toMatchObject({ user_id: shown, connection: 'atomicwork' });
  });
});

describe('list_changes', () => {
  it.each(['abc', '', '-1', '0', '1e3', '2.5', '5 ', '05', '1'.repeat(16)])('rejects the cursor %j', async (cursor) => {
    const { is, isError } = await agent.call('list_changes', { cursor });
    expect([isError, is.code]).toEqual([true, 'invalid_input']);
    expect(is.message).toBe('cursor: expected the next_cursor of the page before\nNothing was changed.');
  });

  it('accepts a cursor that it returned', async () => {
    const first = await agent.call('list_changes', { limit: 1 });
    const second = await agent.call('list_changes', { limit: 1, cursor: first.is['next_cursor'] });
    expect(second.isError).toBe(false);
    expect(second.is['changes']).toHaveLength(1);
    expect(second.is['changes']).not.toEqual(first.is['changes']);
  });

  it.each(['2026-01-31T09:00:00', '2026-02-30', 'yesterday', ''])(
    'says what it expects instead of since %j',
    async (since) => {
      const { is } = await agent.call('list_changes', { since });
      expect(is).toMatchObject({
        code: 'invalid_input',
        message: expect.stringMatching(/^since: expected .* with its zone/),
      });
    },
  );

  it.each(['needs_approval', 'unchanged', 'preview', 'failed'])('accepts the outcome %s', async (outcome) => {
    const { isError, is } = await agent.call('list_changes', { outcome });
    expect(isError).toBe(false);
    if (outcome !== 'failed') expect(is['changes']).toEqual([]);
  });
});

describe('more than a call may hold', () => {
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, null]));
  it.each([
    ['60,000 unknown fields', 'dayzero_update_user', { user_id: 'u', set: keys(60_000) }],
    ['60,000 unknown arguments', 'dayzero_update_user', { user_id: 'u', ...keys(60_000) }],
    ['999 unknown arguments', 'find_user', { query: 'x', ...keys(999) }],
    ['a path without end', 'dayzero_update_user', { user_id: 'u', clear: [`props.theme${'.a'.repeat(20_000)}`] }],
    [
      'a long list',
      'atomicwork_update_user',
      { user_id: '1', set: { org_roles: Array.from({ length: 9_999 }, () => 1) } },
    ],
    ['long names', 'atlassian_update_user', { user_id: 'u', set: { ['n'.repeat(100_000)]: 1 } }],
    [
      'a long connection',
      'awork_update_user',
      { user_id: 'u', connection: 'x'.repeat(16_000), set: { position: 'x' } },
    ],
    ['a long id to take back', 'undo_change', { change_id: 'x'.repeat(16_000) }],
    ['60,000 changes', 'update_users', { changes: Array.from({ length: 60_000 }, () => ({})) }],
    [
      'a change of 60,000 fields',
      'update_users',
      { changes: [{ provider: 'awork', user_id: 'u', set: keys(60_000) }] },
    ],
    ['a long cursor', 'list_changes', { cursor: '1'.repeat(16_000) }],
  ])('is rejected with a short result: %s', async (_name, tool, args) => {
    const { is, text } = await agent.call(tool, args);
    expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(Buffer.byteLength(JSON.stringify([text, is]))).toBeLessThan(6_000);
  });
});

describe('null for an optional argument', () => {
  it.each([
    ['find_user', { query: 'jane.doe@acme.example', providers: null, limit: null }],
    ['awork_update_user', { user_id: 'x', connection: 'awork', set: { position: 'x' }, clear: null, dry_run: null }],
    ['undo_change', { change_id: 'x', batch_id: null, reason: null, dry_run: null }],
    ['undo_change', { change_id: null, batch_id: 'x' }],
  ])('means that it was not given: %s', async (tool, args) => {
    expect((await agent.call(tool, args)).is).not.toMatchObject({ code: 'invalid_input' });
  });
});

describe('the ids of an undo', () => {
  it.each([
    ['none', {}, /^change_id: is required \(string\), or batch_id/],
    ['both', { change_id: 'x', batch_id: 'y' }, /^batch_id: cannot be combined with change_id/],
  ])('are refused: %s', async (_name, args, message) => {
    const { is } = await agent.call('undo_change', args);
    expect(is).toMatchObject({ outcome: 'failed', code: 'invalid_input', message: expect.stringMatching(message) });
  });
});
