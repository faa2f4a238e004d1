import { type JsonObject, type Provider, valueAt } from '../providers/provider.ts';
import { labelOf } from '../update/label.ts';

export type Kind = 'email' | 'id' | 'name';

/** What a query looks like. A bare word may be a name or a user name; both are tried. */
export function kindOf(query: string): Kind {
  if (/^\S+@\S+$/.test(query)) return 'email';
  return /^(\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.test(query) ? 'id' : 'name';
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
