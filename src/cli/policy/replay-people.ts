import { canonicalJson } from '../../lib/json/json.ts';
import { isUnreadable } from '../../store/log/codec.ts';
import type { Entry, UserRef } from '../../store/log/entry.ts';
import type { Store } from '../../store/store.ts';
import { windowMs } from '../../store/windows.ts';
import { type CountedCall, createPeopleHistory } from '../../update/policy/people/history.ts';
import { type ReplayOptions, recordedUnder } from '../../update/policy/replay.ts';
import type { Rule } from '../../update/policy/rules.ts';
import type { Connection } from '../../update/types.ts';

/** What `people` in a rule counted when a change was judged. */
export type PeopleOf = (change: Pick<Entry, 'changeId'>) => NonNullable<ReplayOptions['people']>;

interface RecordedPeople {
  store: Store;
  rules: readonly Rule[];
  connectionOf(entry: UserRef): Connection | undefined;
  keysOf: NonNullable<ReplayOptions['keysOf']>;
  /** ISO 8601; changes from then on are asked about. */
  since: string | undefined;
}

/**
 * Reads the audit log forwards, since what counts depends on what came before, and keeps the counts that differ from
 * those of a call alone. Without a rule that has `people` nothing is read.
 */
export async function readPeopleCounts({
  store,
  rules,
  connectionOf,
  keysOf,
  since,
}: RecordedPeople): Promise<PeopleOf> {
  const alone = () => 1;
  if (rules.every(({ people }) => people === undefined)) return () => alone;
  const kept = new Map<string, ReadonlyMap<Rule, number | undefined>>();
  const history = createPeopleHistory(windowMs);
  const batches = createBatchReader(store);
  for await (const entry of store.entries(await startOf(store, since))) {
    const connection = connectionOf(entry);
    if ((entry.kind !== 'opened' && entry.kind !== 'attempt') || isUnreadable(entry) || !connection) continue;
    const call = await callOf(entry, batches);
    const counts = new Map<Rule, number | undefined>();
    const people = (rule: Rule): number | undefined => {
      const count = history.count(rule, call);
      counts.set(rule, count);
      return count;
    };
    const under = recordedUnder(rules, connection, entry, { keysOf, people });
    if (entry.kind === 'opened') history.note(call, keyOf(entry), under);
    if ([...counts.values()].some((count) => count !== 1)) kept.set(entry.changeId, counts);
  }
  return ({ changeId }) => {
    const counts = kept.get(changeId);
    return counts ? (rule) => counts.get(rule) : alone;
  };
}

/** An hour counts, and what counted in it may depend on the hours before. */
async function startOf(store: Store, since: string | undefined): Promise<number> {
  if (since === undefined) return 0;
  const until = new Date(Date.parse(since) - 24 * windowMs).toISOString();
  return (await store.list({ until, limit: 1 }))[0]?.seq ?? 0;
}

interface BatchReader {
  read(batchId: string): Promise<Pick<CountedCall, 'records' | 'others'>>;
}

async function callOf(entry: Entry, batches: BatchReader): Promise<CountedCall> {
  const { caller, batchId } = entry.body;
  const own = batchId === undefined ? { records: new Set([keyOf(entry)]), others: 0 } : await batches.read(batchId);
  return { caller, at: Date.parse(entry.at), ...own };
}

/** The user records of batches, of which the last few are kept: the changes of one follow each other. */
function createBatchReader(store: Store): BatchReader {
  const known = new Map<string, Promise<Pick<CountedCall, 'records' | 'others'>>>();
  return {
    read(batchId) {
      const reading = known.get(batchId) ?? readBatch(store, batchId);
      known.set(batchId, reading);
      for (const oldest of known.keys()) {
        if (known.size <= keptBatches) break;
        known.delete(oldest);
      }
      return reading;
    },
  };
}

const keptBatches = 8;

async function readBatch(store: Store, batchId: string): Promise<Pick<CountedCall, 'records' | 'others'>> {
  const records = new Set<string>();
  for (let before: number | undefined; ; ) {
    const page = await store.list({ batchId, limit: 500, ...(before !== undefined && { before }) });
    for (const change of page) if (change.body.verdict !== undefined) records.add(keyOf(change));
    const last = page.at(-1);
    if (!last || page.length < 500) break;
    before = last.seq;
  }
  const { entries } = await store.trail(batchId);
  const most = Math.max(0, ...entries.map(({ body }) => body.people ?? 0));
  return { records, others: Math.max(0, most - records.size) };
}

function keyOf({ provider, connection, userId }: UserRef): string {
  return canonicalJson([provider, connection, userId]);
}
