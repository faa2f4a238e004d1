import { matchesBody } from '../../audit/match.ts';
import type { ChangeQuery } from '../../audit/search.ts';
import { toListedChange } from '../../store/log/codec.ts';
import type { Entry, ListedChange } from '../../store/log/entry.ts';
import { normalFilter, passes } from '../../store/log/filter.ts';
import { LOOKED_UP, type Store } from '../../store/store.ts';

/** Matching audit entries, oldest first. A filter by outcome leaves out the intent of a change that has an outcome. */
export async function* findEntries(store: Store, query: ChangeQuery): AsyncGenerator<Entry> {
  const open = query.outcome === undefined ? undefined : await openSeqs(store);
  for await (const entry of matching(store, query)) {
    if (entry.kind !== 'opened' || !open || open.has(entry.seq)) yield entry;
  }
}

/** Matching changes, oldest first: the last entry of each. */
export async function* findOldestFirst(store: Store, query: ChangeQuery): AsyncGenerator<ListedChange> {
  const open = await openSeqs(store);
  for await (const entry of matching(store, query)) {
    const isLast = entry.kind === 'closed' || entry.kind === 'attempt' || open.has(entry.seq);
    if (isLast) yield toListedChange(entry);
  }
}

async function openSeqs(store: Store): Promise<ReadonlySet<number>> {
  return new Set((await store.openIntents()).map(({ seq }) => seq));
}

/** Reads every entry of the span, in bounded memory. */
async function* matching(store: Store, query: ChangeQuery): AsyncGenerator<Entry> {
  const filter = normalFilter({ ...query, limit: 0 });
  const end = filter.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(filter.until) + DRIFT_MS;
  let beyond = 0;
  for await (const entry of store.entries(await lastBefore(store, filter.since))) {
    if (Date.parse(entry.at) > end && ++beyond > WRONG_CLOCK) return;
    if (query.withoutLookups && entry.outcome === LOOKED_UP) continue;
    if (passes(entry, () => entry.body, filter) && matchesBody(entry, query)) yield entry;
  }
}

/** The seq of a change before the span: times nearly follow seq, and clocks may differ by a day. */
async function lastBefore(store: Store, since: string | undefined): Promise<number> {
  if (since === undefined) return 0;
  const until = new Date(Math.max(0, Date.parse(since) - DRIFT_MS)).toISOString();
  const older = await store.list({ until, limit: WRONG_CLOCK });
  return older.length < WRONG_CLOCK ? 0 : (older.at(-1)?.seq ?? 0);
}

const DRIFT_MS = 24 * 60 * 60_000;
/** So many entries may be of a server whose clock was wrong: fewer outside of the span do not end it. */
const WRONG_CLOCK = 500;
