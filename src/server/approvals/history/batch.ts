import { splitIds } from '../../../lib/text/name-list.ts';
import type { Entry, ListedChange } from '../../../store/log/entry.ts';
import type { Store } from '../../../store/store.ts';

/** What the page says about a batch as a whole. */
export interface BatchFacts {
  id: string;
  /** The entries about it, oldest first. The last one says how it stands. */
  events: readonly [Entry, ...Entry[]];
  last: Entry;
  /** The providers of it that the approver has a right at. */
  providers: readonly string[];
  /** Whether it has changes at others. */
  hasHidden: boolean;
  /** Batches that undo it, as far as they are found through the first changes. */
  undoneBy: readonly string[];
}

/** Changes whose later entries are searched for undos of the batch. */
const MOST_PROBED = 5;
const MAX_LATER = 100;

/**
 * Reads a batch with a fixed number of queries. Undefined if there is none of that id, or if it is at providers only that
 * the approver has no right at. `visible`: the providers with a right; undefined for all.
 */
export async function readBatch(
  store: Pick<Store, 'trail' | 'list'>,
  id: string,
  visible: readonly string[] | undefined,
  changes: readonly ListedChange[] = [],
): Promise<BatchFacts | undefined> {
  const [first, ...others] = await eventsOf(store, id);
  if (!first) return undefined;
  const all = splitIds(first.provider);
  const providers = visible ? all.filter((one) => visible.includes(one)) : all;
  if (providers.length === 0) return undefined;
  return {
    id,
    events: [first, ...others],
    last: others.at(-1) ?? first,
    providers,
    hasHidden: providers.length < all.length,
    undoneBy: await findUndos(store, id, changes),
  };
}

async function eventsOf(store: Pick<Store, 'trail'>, id: string): Promise<Entry[]> {
  return (await store.trail(id)).entries.filter(({ kind }) => kind === 'batch');
}

/** No index leads from a batch to its undo, so it is looked for among the later changes of the same users. */
async function findUndos(
  store: Pick<Store, 'trail' | 'list'>,
  id: string,
  changes: readonly ListedChange[],
): Promise<string[]> {
  const made = changes.filter(({ outcome, body }) => outcome === 'updated' && body.batchId === id);
  const found = await Promise.all(
    made.slice(0, MOST_PROBED).map(async ({ provider, connection, userId, changeId }) => {
      const later = await store.list({ provider, connection, userId, limit: MAX_LATER });
      return later.filter(({ body }) => body.undoes === changeId).flatMap(({ body }) => body.batchId ?? []);
    }),
  );
  const candidates = [...new Set(found.flat())].filter((one) => one !== id);
  const undoing = candidates.map(async (one) => {
    return (await eventsOf(store, one)).some(({ body }) => body.undoes === id) ? [one] : [];
  });
  return (await Promise.all(undoing)).flat();
}
