import { expect, it, onTestFinished, vi } from 'vitest';
import type { NoticeTarget } from '../../src/notify/events.ts';
import { type NotifierOptions, startNotifier } from '../../src/notify/notifier.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import type { Store } from '../../src/store/store.ts';
import { isSigned, type Receiver, SIGNING_SECRET, startReceiver } from '../support/notices/receiver.ts';
import { body, entry, newApproval } from '../support/store/samples.ts';
import { createSqlitePlace } from '../support/store/sqlite.ts';

/** Delivery to a real receiver. Time passes only where a test says so. */

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function toTarget({ url }: Receiver, more: Partial<NoticeTarget> = {}): NoticeTarget {
  const key = Buffer.from(SIGNING_SECRET.slice(6), 'base64');
  return { url, host: new URL(url).host, key, events: ['*'], format: 'json', ...more };
}

/** A store whose entries are noticed at once, and servers that deliver from it. */
async function setUp(receiver: Receiver, more: Partial<NoticeTarget> = {}) {
  const clock = { time: Date.now() };
  let wake = (): void => {};
  const store = createMemoryStore(createProcessId(), { now: () => clock.time, onAppend: () => wake() });
  const target = toTarget(receiver, more);
  const counted: string[] = [];
  const start = (options: Partial<NotifierOptions> = {}, on: Store = store) => {
    const notifier = startNotifier(on, {
      targets: [target],
      connections: [],
      providers: [],
      startSeq: async () => 0,
      link: () => undefined,
      log: quiet,
      now: () => clock.time,
      pollMs: 5,
      telemetry: { verdict() {}, upstream() {}, waited() {}, batch() {}, notice: (_, result) => counted.push(result) },
      ...options,
    });
    ({ wake } = notifier);
    return notifier;
  };
  const fail = (id: string) => store.attempt(entry(id, { outcome: 'failed' }));
  return { clock, store, start, fail, counted };
}

const idsIn = (arrived: { text: string }[]) =>
  arrived.map(({ text }) => (JSON.parse(text) as { data: { change_id: string } }).data.change_id);

it('tells of what happens after a target was first seen, in order, signed', async () => {
  const receiver = await startReceiver();
  const { store, start, fail } = await setUp(receiver);
  await fail('before');
  const notifier = start({ startSeq: async () => 1 });
  for (const id of ['c1', 'c2', 'c3']) await fail(id);
  await store.approvals.request(newApproval('a1'), body());
  await store.approvals.decide('a1', { approver: 'ann', yes: false });
  const arrived = await receiver.until(6);
  await notifier.stop();
  expect(arrived.map(({ text }) => (JSON.parse(text) as { type: string }).type)).toEqual([
    'change.failed',
    'change.failed',
    'change.failed',
    'approval.requested',
    'approval.decided',
    'change.refused',
  ]);
  expect(idsIn(arrived.slice(0, 3))).toEqual(['c1', 'c2', 'c3']);
  for (const one of arrived) {
    expect(one).toMatchObject({ method: 'POST', path: '/hooks/T0/B0/n0t-to-be-shown' });
    expect(isSigned(one, SIGNING_SECRET)).toBe(true);
    expect(isSigned({ ...one, text: `${one.text} ` }, SIGNING_SECRET)).toBe(false);
    expect(one.headers['webhook-id']).toBe((JSON.parse(one.text) as { id: string }).id);
  }
  expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(6);
});

it('tells a target of its own events only', async () => {
  const receiver = await startReceiver();
  const { store, start, fail } = await setUp(receiver, { events: ['approval.requested', 'change.denied'] });
  const notifier = start();
  await fail('c1');
  await store.approvals.request(newApproval('a1'), body());
  await store.approvals.decide('a1', { approver: 'ann', yes: true });
  await store.attempt(entry('c2', { outcome: 'denied' }));
  const arrived = await receiver.until(2);
  await notifier.stop();
  expect(arrived.map(({ text }) => (JSON.parse(text) as { type: string }).type)).toEqual([
    'approval.requested',
    'change.denied',
  ]);
});

it.each([
  ['an error', 500],
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }],
  ['not modified', 304],
] as const)('tries again after %s, with the same id, and goes on in order', async (_, reply) => {
  const receiver = await startReceiver();
  const { clock, start, fail, counted } = await setUp(receiver);
  receiver.answer(reply, reply);
  const notifier = start();
  await fail('c1');
  await fail('c2');
  await passUntil(clock, 0, () => counted.length === 1);
  // The first retry comes within two seconds, the second within four more.
  await passUntil(clock, 2000, () => counted.length === 2);
  await passUntil(clock, 4000, () => receiver.attempts.length >= 3);
  await receiver.until(2);
  await notifier.stop();
  expect(idsIn(receiver.attempts)).toEqual(['c1', 'c1', 'c1', 'c2']);
  expect(new Set(receiver.attempts.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  expect(receiver.attempts.every(({ path }) => path.startsWith('/hooks'))).toBe(true);
  expect(counted).toEqual(['failed', 'failed', 'delivered', 'delivered']);
});

it('loses nothing while the receiver is down for a minute, and while servers come and go', async () => {
  const receiver = await startReceiver();
  const { clock, start, fail, counted } = await setUp(receiver);
  await receiver.close();
  const first = start();
  await fail('c1');
  await vi.waitFor(() => expect(counted).toEqual(['failed']));
  await fail('c2');
  await first.stop();
  await fail('c3');
  clock.time += 60_000;
  await receiver.listen();
  const second = start({ startSeq: async () => 99 });
  expect(idsIn(await receiver.until(3))).toEqual(['c1', 'c2', 'c3']);
  await second.stop();
});

it('does not read what a receiver answers, however much it is', async () => {
  const receiver = await startReceiver();
  const { start, fail, counted } = await setUp(receiver);
  receiver.answer({ status: 200, headers: {}, body: 'x'.repeat(5_000_000) });
  const notifier = start();
  await fail('c1');
  await fail('c2');
  await receiver.until(2);
  await notifier.stop();
  expect(counted).toEqual(['delivered', 'delivered']);
});

it('gives up what is older than a day once it has failed for a day, and goes on with the rest', async () => {
  const receiver = await startReceiver();
  const { clock, start, fail, counted } = await setUp(receiver);
  receiver.answer(...Array.from({ length: 20 }, () => 500));
  const notifier = start();
  await fail('c1');
  await fail('c2');
  await passUntil(clock, 0, () => counted.length >= 1);
  for (let tried = 2; tried < 19; tried++) await passUntil(clock, 600_000, () => counted.length >= tried);
  clock.time += 20 * 3_600_000 - 17 * 600_000;
  await fail('c3');
  await passUntil(clock, 0, () => counted.length >= 19);
  clock.time += 5 * 3_600_000;
  await fail('c4');
  await passUntil(clock, 600_000, () => counted.includes('given_up'));
  expect(counted.filter((one) => one === 'given_up')).toHaveLength(2);
  await passUntil(clock, 600_000, () => receiver.accepted().length === 2);
  await notifier.stop();
  expect(idsIn(receiver.accepted())).toEqual(['c3', 'c4']);
});

it('goes on when the clock was wrong for a while', async () => {
  const receiver = await startReceiver();
  const { clock, start, fail, counted } = await setUp(receiver);
  clock.time += 40 * 86_400_000;
  receiver.answer(500);
  const first = start();
  await fail('c1');
  await vi.waitFor(() => expect(counted).toEqual(['failed']));
  await first.stop();
  clock.time -= 40 * 86_400_000;
  const second = start();
  expect(idsIn(await receiver.until(1))).toEqual(['c1']);
  await second.stop();
});

it('begins once the store answers, if it did not at the start', async () => {
  const receiver = await startReceiver();
  const { start, fail } = await setUp(receiver);
  let tries = 0;
  const startSeq = async () => {
    if (tries++ === 0) throw new Error('the database is starting up');
    return 0;
  };
  const notifier = start({ startSeq });
  await fail('c1');
  expect(idsIn(await receiver.until(1))).toEqual(['c1']);
  await notifier.stop();
});

it('looks again after another process took the lease first: it may end without a trace', async () => {
  const receiver = await startReceiver();
  const { clock, store, start, fail } = await setUp(receiver);
  let claims = 0;
  const claim: Store['notices']['claim'] = async (...args) => {
    return claims++ === 0 ? undefined : await store.notices.claim(...args);
  };
  const notifier = start({}, { ...store, notices: { ...store.notices, claim } });
  await fail('c1');
  await passUntil(clock, 0, () => claims === 1);
  await passUntil(clock, 2000, () => receiver.attempts.length === 1);
  await notifier.stop();
});

it('delivers once from two servers on one store', async () => {
  const receiver = await startReceiver();
  const { start } = await setUp(receiver);
  const place = await createSqlitePlace();
  onTestFinished(() => place.remove());
  const stores = await Promise.all([1, 2].map(() => place.open(createProcessId())));
  const notifiers = stores.map((store) => start({}, store));
  for (let i = 0; i < 20; i++) await stores[i % 2]?.attempt(entry(`c${i}`, { outcome: 'failed' }));
  await receiver.until(20);
  await Promise.all(notifiers.map((one) => one.stop()));
  expect(idsIn(receiver.attempts)).toEqual(Array.from({ length: 20 }, (_, i) => `c${i}`));
});

it('ends an attempt when the server stops, and leaves the notice to the next one', async () => {
  const receiver = await startReceiver();
  const { start, fail } = await setUp(receiver);
  receiver.answer('silence');
  const first = start();
  await fail('c1');
  await receiver.untilAttempts(1);
  await first.stop();
  const second = start();
  expect(idsIn(await receiver.until(1))).toEqual(['c1']);
  await second.stop();
});

/** Lets time pass by `ms` in all, in steps that real timers can follow. */
async function passUntil(clock: { time: number }, ms: number, isDone: () => boolean): Promise<void> {
  clock.time += ms;
  await vi.waitFor(() => expect(isDone()).toBe(true), { timeout: 20_000, interval: 5 });
}
