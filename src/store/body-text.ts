import { canonicalJson, parseJson } from '../json.ts';
import type { Entry, EntryBody } from './store.ts';

/** A row as every store keeps it: the body as text, which is also what the row's hash covers. */
export type StoredEntry = Omit<Entry, 'body'> & { bodyText: string };

export function toBodyText(body: EntryBody): string {
  return canonicalJson(body);
}

/** The row as it is handed out, with a body of its own. */
export function toEntry({ bodyText, ...columns }: StoredEntry): Entry {
  return { ...columns, body: fromBodyText(bodyText) };
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
