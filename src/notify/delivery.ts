import { createHash } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import type { Entry } from '../store/log/entry.ts';
import type { NoticeCursor } from '../store/notices.ts';
import type { Store } from '../store/store.ts';
import { afterFailure, afterSuccess, dueAt, isGivenUp } from './backoff.ts';
import type { NoticeTarget, NoticeType } from './events.ts';
import { ATTEMPT_MS, type NoticeMessage, type Send } from './send.ts';
import { noticeFor } from './subscription.ts';

/** Longer than an attempt, so that a lease never ends during one. */
export const LEASE_MS = 3 * ATTEMPT_MS;
/** How often to look whether another process still delivers. */
const HELD_MS = 2000;
/** Entries that concern a target in no way are passed over in memory, and noted once there are this many. */
const NOTED_EVERY = 1000;

export interface DeliveryOptions {
  store: Pick<Store, 'notices' | 'entries'>;
  now(): number;
  send: Send;
  toMessage(target: NoticeTarget, entry: Entry, type: NoticeType): NoticeMessage;
  log: Log;
  telemetry?: Telemetry | undefined;
  /** Aborted when the process stops. */
  signal: AbortSignal;
}

/** Delivers what is due to one target, in order. Returns when to come back, in ms since the epoch, if it has to wait. */
export type Deliver = () => Promise<number | undefined>;

/** Identifies a target in the store. A hash, because its URL is a secret; another format is another target. */
export function targetId({ url, format }: Pick<NoticeTarget, 'url' | 'format'>): string {
  return createHash('sha256').update(`${format} ${url}`).digest('hex');
}

/**
 * At least once, in order, by one process at a time: the cursor moves only after the receiver has accepted a notice, and
 * only the holder of the lease attempts. A process that dies leaves the cursor where it was.
 */
export function createDelivery(target: NoticeTarget, options: DeliveryOptions): Deliver {
  const { store, now, send, toMessage, log, telemetry, signal } = options;
  const { notices } = store;
  const id = targetId(target);
  /** Entries up to this one are none of this target's, although the cursor may be before them. */
  let passed = 0;

  const typeOf = (entry: Entry): NoticeType | undefined => noticeFor(entry, target);

  /** Whether there is an entry to tell of. Reads only, since most entries concern few targets. */
  async function findsOne(after: number): Promise<boolean> {
    for await (const entry of store.entries(after)) {
      if (typeOf(entry)) return true;
      passed = entry.seq;
    }
    return false;
  }

  async function deliver(): Promise<number | undefined> {
    const row = await notices.find(id);
    if (!row || signal.aborted) return undefined;
    const found = await findsOne(Math.max(row.seq, passed));
    if (!found && passed - row.seq < NOTED_EVERY) return undefined;
    if (found && dueAt(row, now()) > now()) return row.nextAt;
    // Often, since the holder may be gone before its lease ends.
    if (row.heldUntil !== undefined) return Math.min(row.heldUntil, lookAgainAt());
    const cursor = await notices.claim(id, now() + LEASE_MS);
    if (!cursor) return lookAgainAt();
    if (dueAt(cursor, now()) > now()) return await release(cursor);
    return await deliverFrom(cursor);
  }

  /** Another process delivers: it may end before it is done, without a trace. */
  const lookAgainAt = (): number => now() + HELD_MS;

  async function release(cursor: NoticeCursor): Promise<number | undefined> {
    await notices.save(id, 0, cursor);
    return dueAt(cursor, now()) > now() ? cursor.nextAt : undefined;
  }

  /** Runs with the lease, and ends it. */
  async function deliverFrom(start: NoticeCursor): Promise<number | undefined> {
    let cursor = start;
    let heldUntil = now() + LEASE_MS;
    let givenUp = 0;
    for await (const entry of store.entries(start.seq)) {
      if (signal.aborted) break;
      const type = typeOf(entry);
      // Where one was given up, those as old are given up with it: trying each would take days.
      if (type && givenUp > 0 && !isGivenUp(cursor, entry.at, now())) break;
      if (type && givenUp === 0) {
        if (heldUntil - now() < 2 * ATTEMPT_MS) {
          heldUntil = now() + LEASE_MS;
          if (!(await notices.save(id, heldUntil, cursor))) return lookAgainAt();
        }
        const next = await attempt(cursor, entry, type);
        if (!next) break;
        cursor = next;
        if (cursor.attempts === 0) {
          heldUntil = now() + LEASE_MS;
          if (!(await notices.save(id, heldUntil, cursor))) return lookAgainAt();
          continue;
        }
        if (!isGivenUp(cursor, entry.at, now())) break;
      }
      if (type) givenUp += 1;
      cursor = { ...cursor, seq: entry.seq };
    }
    if (givenUp > 0) {
      log.error({ host: target.host, format: target.format, notices: givenUp }, 'notices were given up after a day');
      for (let i = 0; i < givenUp; i++) telemetry?.notice(target.format, 'given_up');
    }
    return await release(cursor);
  }

  /** The cursor after the attempt; undefined if the process stops. */
  async function attempt(cursor: NoticeCursor, entry: Entry, type: NoticeType): Promise<NoticeCursor | undefined> {
    const { host, format } = target;
    const sent = await send(target, toMessage(target, entry, type), signal);
    if (sent.ok) {
      telemetry?.notice(format, 'delivered');
      if (cursor.attempts > 0) log.info({ host, format, attempts: cursor.attempts }, 'notices are delivered again');
      return afterSuccess(entry.seq);
    }
    if (signal.aborted) return undefined;
    telemetry?.notice(format, 'failed');
    const next = afterFailure(cursor, { now: now(), retryAfterMs: sent.retryAfterMs, random: Math.random() });
    const level = cursor.attempts === 0 ? 'warn' : 'debug';
    log[level](
      { host, format, problem: sent.problem, attempts: next.attempts },
      'a notice was not delivered; retrying',
    );
    return next;
  }

  return deliver;
}
