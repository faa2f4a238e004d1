import type { ChangeQuery } from '../../../audit/search.ts';
import { parseTime } from '../../../lib/text/time-text.ts';
import { OUTCOMES } from '../../../update/types.ts';
import type { FormFields } from '../form-fields.ts';

/** The filters of the history, in the order of the form. They are the parameters of its address. */
export const FILTERS = ['user', 'field', 'caller', 'approver', 'outcome', 'provider', 'from', 'to', 'batch'] as const;
export type FilterName = (typeof FILTERS)[number];

/** What was asked for, as it was written. */
export type GivenFilters = Readonly<Partial<Record<FilterName, string>>>;

export interface HistoryQuery {
  given: GivenFilters;
  /** ISO 8601 in UTC, inclusive. */
  since?: string;
  until?: string;
  /** The `seq` after which the page begins, downwards. */
  before?: number;
  /** What is wrong with the filters; without faults, each is applied. */
  faults: { field: FilterName; message: string }[];
}

const MAX_FILTER = 256;

/** Reads the filters of an address. Undefined for a cursor that no page of ours has. */
export function readHistoryQuery(fields: FormFields, now: number): HistoryQuery | undefined {
  const cursor = fields.get('before');
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) return undefined;
  const written = FILTERS.map((name) => [name, (fields.get(name) ?? '').trim()] as const);
  const given: GivenFilters = Object.fromEntries(written.filter(([, text]) => text !== ''));
  const faults: HistoryQuery['faults'] = written.flatMap(([field, text]) =>
    text.length > MAX_FILTER ? [{ field, message: `may have at most ${MAX_FILTER} characters` }] : [],
  );
  if (given.outcome !== undefined && !(OUTCOMES as readonly string[]).includes(given.outcome))
    faults.push({ field: 'outcome', message: `is none; expected ${OUTCOMES.join(', ')}` });
  const times = (['from', 'to'] as const).map((field) => {
    const text = given[field];
    const time = text === undefined ? undefined : parseTime(text, now);
    if (time && 'fault' in time) faults.push({ field, message: time.fault });
    return time && !('fault' in time) ? time : undefined;
  });
  const [from, to] = [times[0]?.first, times[1]?.last];
  if (from !== undefined && to !== undefined && from > to) faults.push({ field: 'from', message: 'is after the end' });
  return {
    given,
    ...(from !== undefined && { since: new Date(from).toISOString() }),
    ...(to !== undefined && { until: new Date(to).toISOString() }),
    ...(cursor !== undefined && { before: Number(cursor) }),
    faults,
  };
}

/** The address of the history with these filters, below `home`. */
export function historyPath(given: GivenFilters, before?: number): string {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (given[name] !== undefined) query.set(name, given[name]);
  if (before !== undefined) query.set('before', String(before));
  return query.size === 0 ? '/history' : `/history?${query}`;
}

/** Changes on one page. */
export const HISTORY_PAGE = 50;

/** The search of these filters. `visible`: the providers that the approver may see; undefined for all. */
export function toChangeQuery(
  { given, since, until }: HistoryQuery,
  visible: readonly string[] | undefined,
): ChangeQuery {
  const { provider, outcome, batch, field, caller, approver } = given;
  const named = provider === undefined ? undefined : [provider];
  const searched = visible && named ? named.filter((one) => visible.includes(one)) : (named ?? visible);
  return {
    ...(searched && { provider: searched }),
    withoutLookups: true,
    ...(outcome !== undefined && { outcome }),
    ...(batch !== undefined && { batchId: batch }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(field !== undefined && { field }),
    ...(caller !== undefined && { caller }),
    ...(approver !== undefined && { approver }),
  };
}
