import type { Log } from '../lib/log.ts';
import { newChangeId } from '../lib/uuid7.ts';
import { LOOKED_UP, type Store } from '../store/store.ts';
import type { Caller } from '../update/types.ts';

const HOUR_MS = 3_600_000;
const WAIT_MS = 2_000;
const MAX_CALLERS = 10_000;

/** Counts a look-up of a caller. Never throws, and waits two seconds for the store at most. */
export type CountLookup = (caller: Caller) => Promise<void>;

/**
 * Look-ups reveal who has an account, so the audit log says how many a caller makes in an hour. An entry is added
 * whenever the count has doubled: the first look-up has one, the true number is less than twice the last one logged, and
 * an hour has a dozen entries at most.
 */
export function createLookupCounter(store: () => Promise<Store>, log: Log, now: () => number = Date.now): CountLookup {
  const counts = new Map<string, { hour: number; count: number }>();
  return async (caller) => {
    const hour = Math.floor(now() / HOUR_MS);
    const held = counts.get(caller.principal);
    const count = held?.hour === hour ? held.count + 1 : 1;
    counts.delete(caller.principal);
    counts.set(caller.principal, { hour, count });
    for (const [oldest] of counts) {
      if (counts.size <= MAX_CALLERS) break;
      counts.delete(oldest);
    }
    if (!Number.isInteger(Math.log2(count))) return;
    const since = new Date(hour * HOUR_MS).toISOString();
    const written = addEntry(store, caller, `${count} look-ups since ${since.slice(0, 16)}Z`);
    await Promise.race([written, late()]).catch((error: unknown) => {
      const facts = { principal: caller.principal, lookups: count, problem: String(error) };
      log.warn(facts, 'look-ups could not be recorded');
    });
  };
}

async function addEntry(store: () => Promise<Store>, caller: Caller, message: string): Promise<void> {
  await (await store()).attempt({
    provider: '*',
    connection: '*',
    userId: '*',
    changeId: newChangeId(),
    outcome: LOOKED_UP,
    body: {
      tool: 'find_user',
      caller: caller.principal,
      ...(caller.client !== undefined && { client: caller.client }),
      fields: [],
      message,
    },
  });
}

async function late(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS).unref());
  throw new Error('the store did not answer in time');
}
