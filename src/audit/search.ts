import type { ListedChange } from '../store/log/entry.ts';
import { type ChangeFilter, LOOKED_UP, type Store } from '../store/store.ts';
import { type BodyFilter, matchesBody } from './match.ts';

/** What changes are searched by, for commands, tools and pages alike. All that is given must match. */
export interface ChangeQuery extends Omit<ChangeFilter, 'limit' | 'before' | 'downTo'>, BodyFilter {
  /** Leaves out the entries that count look-ups: those are for operators, and are not changes. */
  withoutLookups?: boolean;
}

export interface ChangePage {
  changes: ListedChange[];
  /** Where the next page begins; undefined at the end. */
  next?: number;
  /** Set if the search stopped before the page was full: it has read all entries since this time (ISO 8601). */
  searchedTo?: string;
}

export interface PageRequest {
  limit: number;
  /** `next` of the page before. */
  before?: number | undefined;
  /** How many entries to read at most. */
  budget?: number;
}

/**
 * A page of matching changes, newest first. The store answers what it has an index for; the rest is read in steps and
 * compared here. A rare match costs no more than the budget: the page then says how far the search came.
 */
export async function searchChanges(store: Store, query: ChangeQuery, request: PageRequest): Promise<ChangePage> {
  const { limit, budget = BUDGET } = request;
  const { field, caller, approver, withoutLookups, ...filter } = query;
  const body: BodyFilter = {
    ...(field !== undefined && { field }),
    ...(caller !== undefined && { caller }),
    ...(approver !== undefined && { approver }),
  };
  const isCompared = Object.keys(body).length > 0;
  const downTo = await lowestOf(store, query, request.before, budget);
  const changes: ListedChange[] = [];
  let read = 0;
  let { before } = request;
  for (;;) {
    const step = isCompared ? STEP : limit + 1 - changes.length;
    const page = await store.list({
      ...filter,
      limit: step,
      ...(before !== undefined && { before }),
      ...(downTo > 1 && { downTo }),
    });
    for (const change of page) {
      const isMatch = matchesBody(change, body) && !(withoutLookups && change.outcome === LOOKED_UP);
      if (isMatch && changes.length === limit) return { changes, next: changes.at(-1)?.seq ?? change.seq + 1 };
      if (isMatch) changes.push(change);
    }
    read += page.length;
    const last = page.at(-1);
    if (!last || page.length < step || last.seq <= Math.max(downTo, 1)) break;
    before = last.seq;
    if (read >= budget) return { changes, next: before, searchedTo: last.at };
  }
  if (downTo <= 1 || (await isBefore(store, downTo, query.since))) return { changes };
  const searchedTo = await timeOf(store, downTo);
  return { changes, next: downTo, ...(searchedTo !== undefined && { searchedTo }) };
}

/** All matching changes, newest first, in bounded memory; however many entries have to be read. */
export async function* findChanges(store: Store, query: ChangeQuery): AsyncGenerator<ListedChange> {
  for (let before: number | undefined; ; ) {
    const page = await searchChanges(store, query, { limit: STEP, before });
    yield* page.changes;
    if (page.next === undefined) return;
    before = page.next;
  }
}

/**
 * The lowest seq to read. An index bounds what a person, a batch, a change, or a single criterion reads; everything else
 * is read within a window of `budget` entries.
 */
async function lowestOf(store: Store, query: ChangeQuery, before: number | undefined, budget: number): Promise<number> {
  const { person, batchId, changeId, userId, provider, outcome, connection, field, caller, approver } = query;
  if ([person, batchId, changeId, userId].some((one) => one !== undefined)) return 0;
  const criteria = [provider, outcome, connection, field ?? caller ?? approver].filter((one) => one !== undefined);
  if (criteria.length < 2 && connection === undefined) return 0;
  return Math.max((before ?? (await store.head()).seq + 1) - budget, 0);
}

async function isBefore(store: Store, seq: number, since: string | undefined): Promise<boolean> {
  if (since === undefined) return false;
  const at = await timeOf(store, seq);
  return at !== undefined && Date.parse(at) < Date.parse(since) - DRIFT_MS;
}

async function timeOf(store: Store, seq: number): Promise<string | undefined> {
  for await (const { at } of store.entries(seq - 1)) return at;
  return undefined;
}

const STEP = 500;
const BUDGET = 20_000;
/** How far the clocks of two servers may differ; the store allows for as much. */
const DRIFT_MS = 24 * 60 * 60_000;
