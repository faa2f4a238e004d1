import { type JsonObject, valueAt } from '../lib/json/json-value.ts';
import { type Lookup, type Provider } from '../providers/provider.ts';
import { labelOf } from '../update/plan/label.ts';

/** How a query is looked up: by which of a vendor's lookups, and whether by reading the person of that id. */
export interface Ways {
  by: readonly Lookup['by'][];
  read: boolean;
}

/**
 * What a query may be. Digits and UUIDs are ids and nothing else; another single word may be a name, a user name or an
 * id somebody made up (`usr-77`), and so all of them are tried.
 */
export function waysFor(query: string): Ways {
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
 * How well a record answers a query, 0 when it does not. Vendors ignore filters they do not know and then return
 * everybody, so nothing counts as found that does not match here.
 */
export function scoreOf(provider: Provider, record: JsonObject, query: string): number {
  const wanted = plain(query);
  const ids = [...provider.ids.map((key) => record[key]), record['externalId'], record['employee_id']];
  if (ids.some((id) => id !== undefined && id !== null && plain(String(id)) === wanted)) return 4;
  if (provider.emails(record).some((email) => plain(email) === wanted)) return 4;
  if (plain(String(valueAt(record, ['userName']) ?? '')) === wanted) return 3;
  const label = plain(labelOf(provider, record) ?? '');
  if (label === wanted) return 3;
  const words = wanted.split(' ').filter(Boolean);
  if (words.length === 0 || label === '') return 0;
  const reversed = [...words].reverse().join(' ');
  if (label === reversed) return 2;
  return words.every((word) => label.includes(word)) ? 1 : 0;
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
