import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRateLimit } from '../../../src/lib/rate-limit.ts';
import { INITIALIZE, post, startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { CHOICE } from '../../support/json-rpc/stdio.ts';
import { makeMoment } from '../../support/vendors/hold.ts';

let testServer: TestServer;
// The clock stops, so that no time passes before a test says so. Timers run.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(async () => {
  vi.useRealTimers();
  await testServer?.stop();
});

const open = async (http: Record<string, unknown>) => {
  const auth = { tokens: [tokenEntry('one', 'token-one'), tokenEntry('two', 'token-two')] };
  testServer = await startHttpServer({ http: { auth, ...http } });
  return `${testServer.server.url}/mcp`;
};
const bearer = (name: string) => ({ authorization: `Bearer token-${name}` });
const initialize = async (mcp: string, name: string) => {
  const answer = await post(mcp, INITIALIZE, bearer(name));
  return { status: answer.status, session: answer.headers.get('mcp-session-id') ?? '' };
};
const ping = async (mcp: string, name: string, session: string) => {
  const headers = { ...bearer(name), 'mcp-session-id': session };
  return (await post(mcp, { jsonrpc: '2.0', id: 2, method: 'ping' }, headers)).status;
};

describe('the rate limit', () => {
  it('is per caller, and says when to retry', async () => {
    const mcp = await open({ rateLimit: { perMinute: 6 } });
    for (let count = 0; count < 6; count++) expect((await initialize(mcp, 'one')).status).toBe(200);
    const answer = await post(mcp, INITIALIZE, bearer('one'));
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect((await initialize(mcp, 'two')).status).toBe(200);
  });

  it('slows down guessing without locking out callers with a token', async () => {
    const mcp = await open({ rateLimit: { perMinute: 6 } });
    const guesses: number[] = [];
    for (let count = 0; count < 10; count++) guesses.push((await initialize(mcp, `guess-${count}`)).status);
    expect(guesses.filter((status) => status === 401)).toHaveLength(6);
    expect(guesses.at(-1)).toBe(429);
    expect((await initialize(mcp, 'one')).status).toBe(200);
  });

  it('refills evenly', () => {
    let now = 0;
    const limit = createRateLimit({ perMinute: 60 }, () => now);
    for (let count = 0; count < 60; count++) expect(limit('a')).toBe(0);
    expect(limit('a')).toBe(1);
    now += 999;
    expect(limit('a')).toBe(1);
    now += 2;
    expect(limit('a')).toBe(0);
    expect(limit('a')).toBe(1);
    now += 3_600_000;
    for (let count = 0; count < 60; count++) expect(limit('a')).toBe(0);
    expect(limit('a')).toBe(1);
  });

  it('also works below one per minute', () => {
    let now = 0;
    const limit = createRateLimit({ perMinute: 0.5 }, () => now);
    expect(limit('a')).toBe(0);
    expect(limit('a')).toBe(120);
    now += 120_000;
    expect(limit('a')).toBe(0);
  });
});

describe('sessions', () => {
  const metrics = async () =>
    await (await fetch(`${testServer.server.url}/metrics`, { headers: bearer('one') })).text();
  const idleMs = 300;
  const letPass = (ms: number) => vi.setSystemTime(Date.now() + ms);

  it('serve only the caller that opened them', async () => {
    const mcp = await open({});
    const { session } = await initialize(mcp, 'one');
    expect(await ping(mcp, 'one', session)).toBe(200);
    expect(await ping(mcp, 'two', session)).toBe(404);
    const headers = { ...bearer('two'), 'mcp-session-id': session, accept: 'text/event-stream' };
    expect((await fetch(mcp, { headers })).status).toBe(404);
    expect((await fetch(mcp, { method: 'DELETE', headers })).status).toBe(404);
    expect(await ping(mcp, 'one', session)).toBe(200);
  });

  it('end with DELETE', async () => {
    const mcp = await open({});
    const { session } = await initialize(mcp, 'one');
    const headers = { ...bearer('one'), 'mcp-session-id': session };
    expect((await fetch(mcp, { method: 'DELETE', headers })).status).toBe(200);
    expect(await ping(mcp, 'one', session)).toBe(404);
  });

  it('need an id or a handshake', async () => {
    const mcp = await open({});
    const ask = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    expect((await post(mcp, ask, bearer('one'))).status).toBe(400);
    expect((await fetch(mcp, { headers: { ...bearer('one'), accept: 'text/event-stream' } })).status).toBe(400);
    expect(await ping(mcp, 'one', crypto.randomUUID())).toBe(404);
  });

  it('leave no trace of a handshake that failed', async () => {
    const mcp = await open({ sessions: { max: 1 } });
    const answer = await post(mcp, INITIALIZE, { ...bearer('one'), accept: 'application/json' });
    expect(answer.status).toBe(406);
    expect(await metrics()).toContain('update_user_sessions 0');
  });

  it('are limited: the oldest idle one is closed, a caller’s own before another’s', async () => {
    const mcp = await open({ sessions: { max: 3 } });
    const other = await initialize(mcp, 'two');
    const first = await initialize(mcp, 'one');
    const second = await initialize(mcp, 'one');
    letPass(1);
    expect(await ping(mcp, 'one', first.session)).toBe(200); // now the second is the older one
    const third = await initialize(mcp, 'one');
    expect(third.status).toBe(200);
    expect(await ping(mcp, 'one', second.session)).toBe(404);
    expect(await ping(mcp, 'one', first.session)).toBe(200);
    expect(await ping(mcp, 'two', other.session)).toBe(200);
  });

  it('are closed when they are idle for too long', async () => {
    const mcp = await open({ sessions: { idleMinutes: idleMs / 60_000 } });
    const { session } = await initialize(mcp, 'one');
    await sleep(700);
    expect(await ping(mcp, 'one', session)).toBe(200);
    letPass(idleMs + 1);
    await expect.poll(metrics, { timeout: 20_000 }).toContain('update_user_sessions 0');
    expect(await ping(mcp, 'one', session)).toBe(404);
  });

  it('stay open while a question is open, and no more are opened when all are busy', async () => {
    const mcp = await open({ sessions: { max: 1, idleMinutes: idleMs / 60_000 } });
    const [asked, decided] = [makeMoment(), makeMoment()];
    const agent = await testServer.connect('v1-form', {
      token: 'token-one',
      onQuestion: async () => {
        asked.tell();
        await decided.come;
        return { action: 'accept', content: { confirm: CHOICE.no } };
      },
    });
    const [id = ''] = testServer.sandbox.vendors.awork.users.keys();
    const pending = agent.call('awork_update_user', { user_id: id, set: { position: 'Boss' } });
    await asked.come;
    letPass(idleMs + 1);
    await sleep(700);
    expect((await initialize(mcp, 'two')).status).toBe(503);
    decided.tell();
    expect((await pending).is).toMatchObject({ outcome: 'refused' });
  });
});
