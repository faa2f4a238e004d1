import { canonicalJson, parseJson } from '../../lib/json/json.ts';
import type { Entry, EntryBody, ListedChange, StoredEntry } from './entry.ts';

const UNREADABLE = 'unreadable';

/** Whether the body of an entry was altered in the database, so that nothing in it can be relied on. */
export function isUnreadable({ body }: Entry): boolean {
  return body.tool === UNREADABLE;
}

export function toBodyText(body: EntryBody): string {
  return canonicalJson(body);
}

/** The entry as returned to callers, with its own copy of the body. */
export function toEntry({ bodyText, ...columns }: StoredEntry): Entry {
  return { ...columns, body: fromBodyText(bodyText) };
}

/**
 * An entry as people list it. An earlier version wrote `refused_by_person` for every no; the entry itself stays as it was
 * written, since its hash covers the old code.
 */
export function toListedChange(entry: Entry): ListedChange {
  const { body } = entry;
  const open = entry.kind === 'opened';
  return body.code === 'refused_by_person'
    ? { ...entry, body: { ...body, code: 'declined' }, open }
    : { ...entry, open };
}

/**
 * Parses a stored body. Text that is not byte for byte what `toBodyText` writes was altered in the database. It becomes
 * a body that says so and matches no entry's hash, because an error would keep the rest from being read.
 */
function fromBodyText(text: string): EntryBody {
  try {
    const body: unknown = parseJson(text);
    // Our own text: the entry's hash, not this cast, proves its shape.
    if (canonicalJson(body) === text) return body as EntryBody;
  } catch {
    // No longer JSON: handled like any other alteration.
  }
  return { tool: UNREADABLE, caller: UNREADABLE, fields: [], message: 'This entry was altered in the database.' };
}
