import { describe, expect, it } from 'vitest';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import { get } from '../../src/upstream/client.ts';
import { type Fate, UpstreamFailure } from '../../src/upstream/errors.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { closedPortUrl, connectionTo, type Handler, json, startOrigin } from '../support/vendors/origin.ts';

const limits = { requestMs: 20_000, responseBytes: 10_000, attempts: 2 };

type Method = 'GET' | 'PUT';
const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    json(response, code, { detail: 'no' }, headers);
const reset: Handler = (request) => request.socket.destroy();
const hang: Handler = () => {};
const cut: Handler = (_request, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"a":');
  setTimeout(() => response.destroy(), 20);
};

interface More extends Partial<typeof limits> {
  ms?: number;
  isCurrent?: () => Promise<boolean>;
}

/** Reads or writes one user; a failed write throws as a read does. */
async function send(url: string, method: Method, provider = 'dayzero', more: More = {}) {
  const { ms = 20_000, isCurrent = async () => true } = more;
  const connection = connectionTo(url, provider);
  const within = startDeadline(ms);
  if (method === 'GET') return await get(connection, { path: '/users/1', within }, { ...limits, ...more });
  const records = createRecords({ ...limits, ...more, concurrentWrites: 5 });
  const written = await records.write(connection, planOf('1'), { within, isCurrent });
  if (written.kind === 'rejected') throw new UpstreamFailure(written.error, 'no');
  if (written.kind === 'unknown') throw new UpstreamFailure(written.error, written.running ? 'running' : 'maybe');
  return { status: 200, kind: written.kind };
}

function planOf(userId: string) {
  return {
    userId,
    write: { path: '/api/v1/users/{userId}', method: 'PUT', encoding: 'merge' },
    body: { a: 1 },
  } as const;
}

async function failure(url: string, method: Method, more?: More): Promise<UpstreamFailure> {
  const error: unknown = await send(url, method, 'dayzero', more).catch((reason: unknown) => reason);
  if (!(error instanceof UpstreamFailure)) throw new Error('no UpstreamFailure');
  return error;
}

describe.each([
  // fault, handler, requests of a read, requests of a write, code, whether the write may have been processed
  ['429', status(429, { 'retry-after': '0' }), 2, 2, 'rate_limited', 'no'],
  ['502', status(502), 2, 1, 'upstream_unavailable', 'maybe'],
  ['503', status(503), 2, 1, 'upstream_unavailable', 'maybe'],
  ['504', status(504), 2, 1, 'upstream_unavailable', 'maybe'],
  ['500', status(500), 1, 1, 'upstream_unavailable', 'maybe'],
  ['501', status(501), 1, 1, 'upstream_unavailable', 'maybe'],
  ['420 of a vendor that does not use it', status(420), 1, 1, 'upstream_rejected', 'no'],
  ['400', status(400), 1, 1, 'upstream_rejected', 'no'],
  ['401', status(401), 1, 1, 'credentials_rejected', 'no'],
  ['403', status(403), 1, 1, 'forbidden', 'no'],
  ['404', status(404), 1, 1, 'not_found', 'no'],
  ['409', status(409), 1, 1, 'uniqueness_conflict', 'no'],
  ['412', status(412), 1, 1, 'record_changed', 'no'],
  ['302', status(302, { location: 'http://127.0.0.1:9/' }), 1, 1, 'upstream_rejected', 'maybe'],
  ['408', status(408), 1, 1, 'upstream_rejected', 'maybe'],
  ['a reset connection', reset, 2, 1, 'upstream_unavailable', 'maybe'],
  ['a truncated response', cut, 2, 1, 'upstream_unavailable', 'maybe'],
  ['no response in time', hang, 1, 1, 'upstream_unavailable', 'running'],
] as const satisfies [string, Handler, number, number, string, Fate][])(
  '%s',
  (_name, handler, reads, writes, code, fate) => {
    // Short, but long enough to connect.
    const more = handler === hang ? { requestMs: 3000 } : {};

    it(`a read is sent ${reads} times`, async () => {
      const { url, seen } = await startOrigin(handler);
      const error = await failure(url, 'GET', more);
      expect(error.error.code).toBe(code);
      expect(error.fate).toBe('no');
      expect(seen).toHaveLength(reads);
    });

    it(`a write is sent ${writes} times, and may have been processed: ${fate}`, async () => {
      const { url, seen } = await startOrigin(handler);
      const error = await failure(url, 'PUT', more);
      expect(error.error.code).toBe(code);
      expect(error.fate).toBe(fate);
      expect(seen).toHaveLength(writes);
    });
  },
);

describe('a closed port', () => {
  it.each(['GET', 'PUT'] as const)('%s certainly was not processed', async (method) => {
    const error = await failure(await closedPortUrl(), method);
    expect(error.error.code).toBe('upstream_unavailable');
    expect(error.fate).toBe('no');
  });

  it.each(['GET', 'PUT'] as const)('%s is retried: the vendor may be back', async (method) => {
    const url = await closedPortUrl();
    const pending = send(url, method, 'dayzero', { attempts: 5 });
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => json(response, 200, { ok: true }));
    await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
    expect(await pending).toMatchObject({ status: 200 });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

it('sends a write once on a kept-alive connection that breaks', async () => {
  const { url, seen } = await startOrigin((request, response, nth) => {
    if (nth === 1) json(response, 200, {});
    else request.socket.destroy();
  });
  await send(url, 'GET');
  expect((await failure(url, 'PUT')).fate).toBe('maybe');
  expect(seen).toEqual(['GET /users/1', 'PUT /api/v1/users/1']);
});

describe('waiting', () => {
  const once =
    (code: number, headersNow: () => Record<string, string>): Handler =>
    (_request, response, nth) =>
      nth === 1 ? json(response, code, {}, headersNow()) : json(response, 200, { ok: true });
  const inTwoSeconds = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();

  it.each([
    ['Retry-After in seconds', 'dayzero', { 'retry-after': '1' }, 1000],
    ['Retry-After as a date', 'dayzero', () => ({ 'retry-after': inTwoSeconds() }), 990],
    ['a date in the past', 'dayzero', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
    ['awork’s RateLimit-Reset', 'awork', { 'ratelimit-reset': '1' }, 1000],
    ['Retry-After before RateLimit-Reset', 'awork', { 'retry-after': '0', 'ratelimit-reset': '20' }, 0],
    ['a RateLimit-Reset of a vendor that does not send it', 'dayzero', { 'ratelimit-reset': '20' }, 50],
    ['a Retry-After that says nothing', 'dayzero', { 'retry-after': 'soon' }, 50],
  ] as const)('%s', async (_name, provider, headers, least) => {
    const headersNow = typeof headers === 'function' ? headers : () => headers;
    for (const method of ['GET', 'PUT'] as const) {
      const { url, seen } = await startOrigin(once(429, headersNow));
      const start = Date.now();
      await send(url, method, provider);
      expect(Date.now() - start).toBeGreaterThanOrEqual(least);
      expect(Date.now() - start).toBeLessThan(least + 10_000);
      expect(seen).toHaveLength(2);
      if (typeof headers === 'function') break;
    }
  });

  it('does not wait for the window of a rate limit after a 503', async () => {
    const { url, seen } = await startOrigin(once(503, () => ({ 'ratelimit-reset': '57' })));
    const start = Date.now();
    expect(await send(url, 'GET', 'awork')).toMatchObject({ status: 200 });
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(seen).toHaveLength(2);
  });

  it('does not start a wait that cannot end in time, and reports its length', async () => {
    const { url, seen } = await startOrigin(status(429, { 'retry-after': '3600' }));
    const start = Date.now();
    const error = await failure(url, 'PUT');
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(error.error.facts.retryAfterSeconds).toBe(3600);
    expect(seen).toHaveLength(1);
  });

  it.each(['GET', 'PUT'] as const)('does not start if the call ends first, %s', async (method) => {
    const { url, seen } = await startOrigin(status(429, { 'retry-after': '30' }));
    const start = Date.now();
    await expect(send(url, method)).rejects.toMatchObject({ error: { code: 'rate_limited' } });
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(seen).toHaveLength(1);
  });

  it('ends when the caller aborts', async () => {
    const { url, seen } = await startOrigin(status(429, { 'retry-after': '20' }));
    const caller = new AbortController();
    const telemetry = {
      verdict() {},
      waited() {},
      batch() {},
      notice() {},
      upstream: () => void setTimeout(() => caller.abort(), 100),
    };
    const within = startDeadline(60_000, caller.signal);
    const start = Date.now();
    await expect(get(connectionTo(url), { path: '/', within }, { ...limits, telemetry })).rejects.toMatchObject({
      error: { code: 'rate_limited' },
    });
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(seen).toHaveLength(1);
  });

  it('is followed by the write only if the user record has not changed', async () => {
    for (const current of [true, false]) {
      const { url, seen } = await startOrigin(once(429, () => ({ 'retry-after': '0' })));
      const written = await send(url, 'PUT', 'dayzero', { isCurrent: async () => current });
      expect(written).toMatchObject({ kind: current ? 'accepted' : 'moved' });
      expect(seen).toHaveLength(current ? 2 : 1);
    }
  });

  it('for other writes of the connection until the deadline sends nothing, and does not blame the vendor', async () => {
    const { url, seen } = await startOrigin((_request, response) => {
      setTimeout(() => json(response, 200, {}), 300);
    });
    const records = createRecords({ ...limits, concurrentWrites: 1 });
    const write = (ms: number) =>
      records.write(connectionTo(url), planOf('1'), { within: startDeadline(ms), isCurrent: async () => true });
    const [, late] = await Promise.all([write(20_000), write(200)]);
    expect(late).toMatchObject({ kind: 'rejected', error: { code: 'rate_limited' } });
    expect(late).toMatchObject({ error: { message: expect.stringMatching(/^Other writes .* Nothing was sent\.$/) } });
    expect(seen).toHaveLength(1);
  });

  it('grows with each attempt', async () => {
    const at: number[] = [];
    const { url } = await startOrigin((_request, response) => {
      at.push(Date.now());
      json(response, 503, {});
    });
    await send(url, 'GET', 'dayzero', { attempts: 4 }).catch(() => {});
    const [first = 0, , last = 0] = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(at).toHaveLength(4);
    expect(first).toBeGreaterThanOrEqual(70);
    expect(last).toBeGreaterThanOrEqual(295);
  });
});
