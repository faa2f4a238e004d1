import { expect, it, onTestFinished } from 'vitest';
import type { NoticeFormat } from '../../src/notify/events.ts';
import { startNotifier } from '../../src/notify/notifier.ts';
import { noticeFor } from '../../src/notify/subscription.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import type { Store } from '../../src/store/store.ts';
import { type Receiver, startReceiver } from '../support/notices/receiver.ts';
import { body, entry, newApproval, readEntries } from '../support/store/samples.ts';
import { createSqlitePlace } from '../support/store/sqlite.ts';

/** A channel hears of a batch once, a program of each of its changes. */

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function setUp({ url }: Receiver, format: NoticeFormat, events = ['*']) {
  let wake = (): void => {};
  const store = createMemoryStore(createProcessId(), { onAppend: () => wake() });
  const target = { url, host: new URL(url).host, key: undefined, events, format };
  const start = (on: Store = store) => {
    const notifier = startNotifier(on, {
      targets: [target],
      connections: [],
      providers: [],
      startSeq: async () => 0,
      link: () => undefined,
      log: quiet,
      pollMs: 5,
    });
    ({ wake } = notifier);
    return notifier;
  };
  return { store, start };
}

const ofBatch = { ...body(), batchId: 'b1' };
const whole = { provider: 'acme,other', connection: 'acme,other', userId: '' };
const change = (store: Store, id: string, outcome: string) => store.attempt(entry(id, { outcome, body: ofBatch }));
const finish = (store: Store, counts: Record<string, number>) =>
  store.batches.logUnopened(
    entry('b1', { ...whole, outcome: 'finished', body: { ...ofBatch, people: 3, counts, fields: [] } }),
  );

async function runBatch(store: Store, size = 3): Promise<void> {
  await store.batches.open({
    batch: { id: 'b1', expiresAt: Date.now() + 60_000, header: new Uint8Array(), parts: [] },
    entry: entry('b1', { ...whole, outcome: 'opened', body: ofBatch }),
  });
  for (let at = 0; at < size; at++) await change(store, `c${at}`, at === 0 ? 'failed' : 'updated');
  await finish(store, { updated: size - 1, failed: 1 });
}

const titleOf = ({ text }: { text: string }) => (JSON.parse(text) as { text: string }).text;

it('sends a channel one message for a batch of thousands, and goes on after it', async () => {
  const receiver = await startReceiver();
  const { store, start } = setUp(receiver, 'slack');
  const notifier = start();
  await store.approvals.request(newApproval('a1', whole), { ...ofBatch, people: 3 });
  await runBatch(store, 3000);
  await store.attempt(entry('single', { outcome: 'denied' }));
  await receiver.until(3);
  await notifier.stop();
  expect(receiver.attempts.map(titleOf)).toEqual([
    'A batch waits for approval (acme, other)',
    'A batch finished (acme, other)',
    'Policy denied a change (acme)',
  ]);
});

it('sends a program every change and the end, in order', async () => {
  const receiver = await startReceiver();
  const { store, start } = setUp(receiver, 'json');
  const notifier = start();
  await runBatch(store);
  const arrived = (await receiver.until(4)).map(({ text }) => JSON.parse(text) as { type: string; data: object });
  await notifier.stop();
  expect(arrived.map(({ type }) => type)).toEqual([
    'change.failed',
    'change.updated',
    'change.updated',
    'batch.finished',
  ]);
  for (const { data } of arrived) expect(data).toHaveProperty('batch_id', 'b1');
});

it.each([
  ['slack', ['change.*'], ['batch.finished']],
  ['teams', ['*'], ['batch.finished']],
  ['slack', ['batch.finished'], ['batch.finished']],
  ['slack', ['change.failed'], ['batch.finished']],
  ['teams', ['change.denied', 'approval.*'], []],
  ['json', ['change.*'], ['change.failed', 'change.updated', 'change.updated']],
  ['json', ['change.failed', 'batch.finished'], ['change.failed', 'batch.finished']],
] as const)('tells %s with %j of %j', async (format, events, told) => {
  const store = createMemoryStore(createProcessId());
  await runBatch(store);
  const types = (await readEntries(store)).flatMap((one) => noticeFor(one, { format, events }) ?? []);
  expect(types).toEqual(told);
});

it('tells of the end of a batch whose changes another process has passed over', async () => {
  const receiver = await startReceiver();
  const { store, start } = setUp(receiver, 'teams', ['change.*']);
  const first = start();
  await change(store, 'c1', 'updated');
  await change(store, 'c2', 'failed');
  await first.stop();
  const second = start();
  await finish(store, { updated: 1, failed: 1 });
  await receiver.until(1);
  await second.stop();
  expect(receiver.attempts).toHaveLength(1);
});

it('sends one message from two servers on one store', async () => {
  const receiver = await startReceiver();
  const { start } = setUp(receiver, 'slack');
  const place = await createSqlitePlace();
  onTestFinished(() => place.remove());
  const stores = await Promise.all([1, 2].map(() => place.open(createProcessId())));
  const notifiers = stores.map((store) => start(store));
  const [store, other] = stores as [Store, Store];
  await runBatch(store);
  await other.attempt(entry('single', { outcome: 'denied' }));
  await receiver.until(2);
  await Promise.all(notifiers.map((one) => one.stop()));
  expect(receiver.attempts.map(titleOf)).toEqual(['A batch finished (acme, other)', 'Policy denied a change (acme)']);
});

it('keeps the id of a message that is tried again, and gives the end of a resumed batch another', async () => {
  const receiver = await startReceiver();
  const { store, start } = setUp(receiver, 'slack');
  receiver.answer('silence');
  const first = start();
  await runBatch(store);
  await receiver.untilAttempts(1);
  await first.stop();
  const second = start();
  await receiver.until(1);
  await finish(store, { updated: 3 });
  await receiver.until(2);
  await second.stop();
  const ids = receiver.attempts.map(({ headers }) => headers['webhook-id']);
  expect(ids).toHaveLength(3);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

it('notes that it has passed a long batch, also before its end', async () => {
  const receiver = await startReceiver();
  const { store, start } = setUp(receiver, 'slack');
  for (let at = 0; at < 2500; at++) await change(store, `c${at}`, 'updated');
  const saved: number[] = [];
  const save: Store['notices']['save'] = async (id, heldUntil, cursor) => {
    saved.push(cursor.seq);
    return await store.notices.save(id, heldUntil, cursor);
  };
  const notifier = start({ ...store, notices: { ...store.notices, save } });
  await notifier.stop();
  expect(saved.at(-1)).toBe(2500);
  expect(receiver.attempts).toEqual([]);
});
