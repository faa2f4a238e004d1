import { UsageError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';

/** Where an id may be cut. The first 13 characters of a UUID version 7 are its time, which several changes may share. */
const LENGTHS = [18, 23, 36];
const PAGE = 500;

/** The shortest prefixes that distinguish these ids. */
export function shortIds(ids: readonly string[]): string[] {
  const length = LENGTHS.find((one) => new Set(ids.map((id) => id.slice(0, one))).size === new Set(ids).size) ?? 36;
  return ids.map((id) => id.slice(0, length));
}

/**
 * The id of the one change or batch that begins with `given`, or `given` itself if none does. Throws a UsageError if
 * several do.
 * May read the whole audit log, newest entries first; only commands that a person types use it.
 */
export async function resolveChangeId(store: Store, given: string): Promise<string> {
  const [exact] = await store.list({ changeId: given, limit: 1 });
  if (exact || !/^[0-9a-f-]{4,35}$/i.test(given)) return given;
  const found = new Set<string>();
  for (let before: number | undefined; ; ) {
    const page = await store.list({ limit: PAGE, ...(before !== undefined && { before }) });
    for (const { changeId, body } of page) {
      for (const id of [changeId, body.batchId]) if (id?.startsWith(given.toLowerCase())) found.add(id);
    }
    if (found.size > 1) throw new UsageError(`${given}: matches more than one change or batch; give more of the id`);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return [...found][0] ?? given;
    before = last.seq;
  }
}
