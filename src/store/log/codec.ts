import { canonicalJson, parseJson } from '../../lib/json/json.ts';
import type { Entry, EntryBody, ListedChange, StoredEntry } from './entry.ts';

export function toBodyText(body: EntryBody): string {
  return canonicalJson(body);
}

/** The entry as it is handed out, with a body of its own. */
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
 * Reads a body back. A text that is not, byte for byte, what `toBodyText` writes was altered in the database; it becomes
 * a body that says so and that fits no entry's hash, instead of an error that would keep the rest from being read.
 */
function fromBodyText(text: string): EntryBody {
  try {
    const body: unknown = parseJson(text);
    // Our own text: the entry's hash, not this cast, proves its shape.
    if (canonicalJson(body) === text) return body as EntryBody;
  } catch {
    // Not JSON any more: treated like every other alteration.
  }
  return { tool: 'unreadable', caller: 'unreadable', fields: [], message: 'This entry was altered in the database.' };
}
