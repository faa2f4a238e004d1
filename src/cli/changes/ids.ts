import { UsageError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';

/** Lengths at which a UUID is cut: version 7 has its time in the first 13 characters, and so no sense in fewer than 18. */
const LENGTHS = [18, 23, 36];
const PAGE = 500;

/** Beginnings of ids, as short as they can be and still tell these apart. */
export function shortIds(ids: readonly string[]): string[] {
  const length = LENGTHS.find((one) => new Set(ids.map((id) => id.slice(0, one))).size === new Set(ids).size) ?? 36;
  return ids.map((id) => id.slice(0, length));
}

/**
 * The whole id of a change by its beginning, or what was given where no change has it. Throws a UsageError where several
 * begin like that. Walks through the record, newest first: a person has typed this, and does so once.
 */
export async function wholeId(store: Store, given: string): Promise<string> {
  const [exact] = await store.list({ changeId: given, limit: 1 });
  if (exact || !/^[0-9a-f-]{4,35}$/i.test(given)) return given;
  const found = new Set<string>();
  for (let before: number | undefined; ; ) {
    const page = await store.list({ limit: PAGE, ...(before !== undefined && { before }) });
    for (const { changeId } of page) if (changeId.startsWith(given.toLowerCase())) found.add(changeId);
    if (found.size > 1) throw new UsageError(`${given}: fits more than one change; give more of the id`);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return [...found][0] ?? given;
    before = last.seq;
  }
}
