import { isExact, type JsonObject, valueAt } from '../lib/json/json-value.ts';
import type { Lookup } from '../providers/calls.ts';
import { emailsOf } from '../providers/interpret/person.ts';
import type { Provider } from '../providers/provider.ts';
import { labelOf } from '../update/plan/label.ts';

/** How to search for a query: by which kinds of lookup, and whether to read the user with that id. */
export interface SearchStrategy {
  by: readonly Lookup['by'][];
  read: boolean;
}

/** Digits and UUIDs can only be ids. Another single word may be a name, a user name or an id (`usr-77`). */
export function strategyFor(query: string): SearchStrategy {
  if (isEmail(query)) return { by: ['email', 'username', 'id'], read: false };
  if (/^(\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.test(query)) {
    return { by: ['id'], read: true };
  }
  return /\s/.test(query) ? { by: ['name', 'username'], read: false } : { by: ['name', 'username', 'id'], read: true };
}

export function isEmail(query: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(query);
}

/**
 * How well a user record matches a query; 0 for no match. A vendor that ignores an unknown filter returns all users, so
 * only what matches here counts as found.
 */
export function scoreOf(provider: Provider, record: JsonObject, query: string): number {
  const target = plain(query);
  if ([...provider.ids, ...searchedBy(provider, 'id')].some((name) => holds(record, name, target))) return 4;
  if (emailsOf(provider, record).some((email) => plain(email) === target)) return 4;
  if (searchedBy(provider, 'username').some((name) => holds(record, name, target))) return 3;
  const label = plain(labelOf(provider, record) ?? '');
  if (label === target) return 3;
  const words = target.split(' ').filter(Boolean);
  if (words.length === 0 || label === '') return 0;
  const reversed = [...words].reverse().join(' ');
  if (label === reversed) return 2;
  return words.every((word) => label.includes(word)) ? 1 : 0;
}

/** The attributes that look-ups of this kind search by. */
function searchedBy({ find }: Provider, by: Lookup['by']): string[] {
  return find.flatMap((lookup) => (lookup.by === by ? (lookup.matches ?? []) : []));
}

function holds(record: JsonObject, name: string, target: string): boolean {
  const value = valueAt(record, [name]);
  return (typeof value === 'string' || typeof value === 'number' || isExact(value)) && plain(String(value)) === target;
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
