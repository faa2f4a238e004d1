import { describe, expect, it } from 'vitest';
import { startDeadline, startPauses } from '../../../src/lib/async/deadline.ts';
import type { Connection } from '../../../src/update/types.ts';
import { get } from '../../../src/upstream/client.ts';
import { paceOf, pauseMs, takeWriteTurn } from '../../../src/upstream/pace/turn.ts';
import { createRecords } from '../../../src/upstream/records.ts';
import { connectionTo, type Handler, json, startOrigin } from '../../support/vendors/origin.ts';
import { plainConnection } from '../../support/vendors/plain-provider.ts';
import { startTokenEndpoint, TOKEN_CLIENT, tokenSignIn } from '../../support/vendors/token-endpoint.ts';

const limits = { requestMs: 20_000, responseBytes: 10_000, attempts: 2 };

const refusingFirst =
  (askedSeconds: string, times = 1): Handler =>
  (_request, response, nth) =>
    nth <= times ? json(response, 429, {}, { 'retry-after': askedSeconds }) : json(response, 200, { ok: true });

const read = (connection: Connection, within = startDeadline(20_000)) =>
  get(connection, { path: '/users/1', within }, limits);

async function write(connection: Connection, ms = 20_000, isCurrent = async () => true) {
  const records = createRecords({ ...limits, concurrentWrites: 5 });
  const path = { path: '/api/v1/users/{userId}', method: 'PUT', encoding: 'merge' } as const;
  const request = { userId: '1', write: path, body: { a: 1 } };
  return await records.write(connection, request, { within: startDeadline(ms), isCurrent });
}

const failure = (pending: Promise<unknown>) => pending.catch((error: unknown) => error);

describe('a connection that was told to slow down', () => {
  it('sends nothing else that could not wait so long, and says how long', async () => {
    const { url, seen } = await startOrigin(refusingFirst('3600'));
    const connection = connectionTo(url);
    await failure(read(connection));
    for (const pending of [read(connection), read(connection)]) {
      expect(await failure(pending)).toMatchObject({
        error: {
          code: 'rate_limited',
          message: expect.stringMatching(/^DayZero .* says to slow down .* Nothing was sent\.$/),
          facts: { retryAfterSeconds: expect.toSatisfy((seconds: number) => seconds > 3590 && seconds <= 3601) },
        },
      });
    }
    expect(await write(connection)).toMatchObject({ kind: 'rejected', error: { code: 'rate_limited' } });
    expect(seen).toEqual(['GET /users/1']);
    // Another connection to the same service has limits of its own.
    await read(connectionTo(url));
    expect(seen).toHaveLength(2);
  });

  it('sends reads and writes after the pause, the writes only if the user record has not changed', async () => {
    const { url, seen } = await startOrigin(refusingFirst('1'));
    const connection = connectionTo(url);
    const first = read(connection);
    await expect.poll(() => createRecords({ ...limits, concurrentWrites: 5 }).pauseMs(connection)).toBeGreaterThan(0);
    let checked = 0;
    const isCurrent = (is: boolean) => async () => {
      checked += 1;
      return is;
    };
    const [, second, stays, moved] = await Promise.all([
      first,
      read(connection),
      write(connection, 20_000, isCurrent(true)),
      write(connection, 20_000, isCurrent(false)),
    ]);
    expect([second.status, stays.kind, moved.kind, checked]).toEqual([200, 'accepted', 'moved', 2]);
    expect(seen.filter((line) => line.startsWith('PUT'))).toHaveLength(1);
  });

  it('is no longer paused once a pause was waited for, though timers fire a little early', async () => {
    const left = await Promise.all(
      Array.from({ length: 500 }, async (_, nth) => {
        const connection = connectionTo('http://127.0.0.1:9');
        paceOf(connection).slowDown(performance.now(), performance.now(), 20 + nth / 10);
        await takeWriteTurn(connection, startDeadline(20_000), {});
        return pauseMs(connection);
      }),
    );
    expect(left.filter((ms) => ms > 0)).toEqual([]);
  });

  it('by the endpoint of its access tokens waits as a whole', async () => {
    const endpoint = await startTokenEndpoint(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    const { url, seen } = await startOrigin(refusingFirst('0', 0));
    const connection = plainConnection(url, tokenSignIn(), { ...TOKEN_CLIENT, tokenUrl: endpoint.url });
    for (let nth = 0; nth < 2; nth++) {
      expect(await failure(read(connection))).toMatchObject({ error: { code: 'rate_limited' } });
    }
    expect(endpoint.asked).toHaveLength(1);
    expect(seen).toEqual([]);
  });
});

describe('a pause that does not count', () => {
  it('leaves the time of the work as it was', async () => {
    const { url } = await startOrigin(refusingFirst('1'));
    const within = startDeadline(900, undefined, undefined, startPauses(Number.POSITIVE_INFINITY));
    expect((await read(connectionTo(url), within)).status).toBe(200);
    expect(within.pauses?.ms).toBeGreaterThan(950);
  });

  it('counts where it would end after the time of all the work', async () => {
    const { url, seen } = await startOrigin(refusingFirst('1'));
    const within = startDeadline(900, undefined, undefined, startPauses(performance.now() + 900));
    expect(await failure(read(connectionTo(url), within))).toMatchObject({ error: { code: 'rate_limited' } });
    expect(seen).toHaveLength(1);
  });

  it('is waited for more often', async () => {
    const { url, seen } = await startOrigin(refusingFirst('0', 3));
    const within = startDeadline(20_000, undefined, undefined, startPauses(Number.POSITIVE_INFINITY));
    expect((await read(connectionTo(url), within)).status).toBe(200);
    expect(seen).toHaveLength(4);
  });
});
