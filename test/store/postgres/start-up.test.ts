import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { findOwnServer } from '../../support/store/postgres.ts';

const server = await findOwnServer('the tests of a PostgreSQL that comes up late', { user: 'late', password: 'open' });
const url = server?.url ?? '';
afterAll(() => server?.stop());

/** Opens a store and tells of its waiting. */
function open(at: string, ms: number) {
  const waits: [problem: string, code: string][] = [];
  let tell = () => {};
  const waiting = new Promise<void>((resolve) => (tell = resolve));
  const onWait = (...wait: [string, string]) => {
    waits.push(wait);
    tell();
  };
  const opening = openPostgresStore(at, createProcessId(), { startUp: { ms, onWait } });
  return { opening, waiting, waits };
}

describe.skipIf(!server)('a database that cannot be reached', () => {
  it('is waited for, told once, and used as soon as it is there', async () => {
    await server?.halt('fast');
    const { opening, waiting, waits } = open(url, 60_000);
    await waiting;
    await server?.start();
    const store = await opening;
    expect(await store.head()).toMatchObject({ seq: 0 });
    expect(waits).toEqual([
      [expect.stringMatching(/^The store postgres:\/\/127\..*cannot be reached/), 'ECONNREFUSED'],
    ]);
    await store.stop();
  });

  it('is given up after that time, with the cause and without the password', async () => {
    await server?.halt('fast');
    onTestFinished(() => server?.start());
    const { opening, waits } = open(url, 1000);
    const error: unknown = await opening.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'StoreUnreachable',
      message: expect.stringMatching(/cannot be reached\. Check that PostgreSQL runs there.* Tried for 1 seconds\.$/),
    });
    expect(waits).toHaveLength(1);
    expect(String(error)).not.toContain('open@');
  });

  it('is waited for too while its host has no name', async () => {
    // Too long for a label of DNS, so nothing has to be asked.
    const { opening, waits } = open(`postgres://late:open@${'x'.repeat(64)}/late`, 1000);
    await expect(opening).rejects.toThrow(/cannot be reached: the name of its host is unknown/);
    expect(waits).toEqual([[expect.stringContaining('is unknown'), 'ENOTFOUND']]);
  });
});

describe.skipIf(!server)('a database that refuses', () => {
  it.each([
    ['the password', () => url.replace(':open@', ':wrong@'), /refuses the user or the password of its URL\.$/],
    ['the name of the database', () => url.replace(/\/postgres$/, '/none'), /has no database of that name\.$/],
  ])('%s is not waited for', async (_what, at, message) => {
    const { opening, waits } = open(at(), 60_000);
    await expect(opening).rejects.toThrow(message);
    expect(waits).toEqual([]);
  });
});
