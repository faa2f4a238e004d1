import { canonicalJson, parseJson } from '../../lib/json/json.ts';
import type { Entry, EntryBody, ListedChange, StoredEntry } from './entry.ts';

export function toBodyText(body: EntryBody): string {
  return canonicalJson(body);
}

/** The row as it is handed out, with a body of its own. */
export function toEntry({ bodyText, ...columns }: StoredEntry): Entry {
  return { ...columns, body: fromBodyText(bodyText) };
}

/**
 * An entry as people list it. An earlier version recorded every no as `refused_by_person`; the entry itself stays as it
 * was written, since its hash covers the old code.
 */
export function toListedChange(entry: Entry): ListedChange {
  const { body } = entry;
  const open = entry.kind === 'opened';
  return body.code === 'refused_by_person'
    ? { ...entry, body: { ...body, code: 'declined' }, open }
    : { ...entry, open };
}

/**
 * Reads a body back. A text that is not, byte for byte, what `toBodyText` writes was altered in the database; it becomes
 * a body that says so and that no row's hash fits, instead of an error that would keep the rest from being read.
 */
function fromBodyText(text: string): EntryBody {
  try {
    const body: unknown = parseJson(text);
    // Our own text: the row's hash, not this cast, is what vouches for its shape.
    if (canonicalJson(body) === text) return body as EntryBody;
  } catch {
    // Not JSON any more: answered like every other alteration.
  }
  return { tool: 'unreadable', caller: 'unreadable', fields: [], message: 'This row was altered in the database.' };
}
