import { matchesBody } from '../../audit/match.ts';
import type { ChangeQuery } from '../../audit/search.ts';
import type { Entry } from '../../store/log/entry.ts';
import { normalFilter, passes } from '../../store/log/filter.ts';
import type { Store } from '../../store/store.ts';

/** Matching audit entries, oldest first. A filter by outcome leaves out the intent of a change that has an outcome. */
export async function* findEntries(store: Store, query: ChangeQuery): AsyncGenerator<Entry> {
  const filter = normalFilter({ ...query, limit: 0 });
  for await (const entry of store.entries()) {
    if (!passes(entry, () => entry.body, filter) || !matchesBody(entry, query)) continue;
    if (query.outcome !== undefined && entry.kind === 'opened' && !(await isOpen(store, entry))) continue;
    yield entry;
  }
}

async function isOpen(store: Store, { changeId }: Entry): Promise<boolean> {
  const [last] = await store.list({ changeId, limit: 1 });
  return last?.open === true;
}
