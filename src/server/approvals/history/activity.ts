import type { ChangePage } from '../../../audit/search.ts';
import type { ActivityCount, Store } from '../../../store/store.ts';
import type { HistoryQuery } from './filters.ts';

/** How many changes ended on a day (UTC): those that were written and seen, and everything else. */
export interface DayCount {
  day: string;
  updated: number;
  other: number;
}

/** Every day of the span, oldest first; undefined if the days cannot be counted with these filters. */
export type DailyActivity = readonly DayCount[] | undefined;

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** Bars of the plot, at most; a longer span loses its beginning. */
export const MOST_DAYS = 366;

/**
 * Changes per day of the span, or of the last 30 days. The store counts by day, provider and outcome. With other filters,
 * the matches themselves are counted, if all of them are on the page.
 */
export async function readActivity(
  store: Pick<Store, 'activity'>,
  query: HistoryQuery,
  page: ChangePage,
  providers: readonly string[] | undefined,
): Promise<DailyActivity> {
  const days = daysOf(query, Date.now());
  const [from = '', to = ''] = [days[0], days.at(-1)];
  const { user, field, caller, approver, batch, outcome, provider } = query.given;
  if ([user, field, caller, approver, batch].every((filter) => filter === undefined)) {
    const named = provider === undefined ? providers : [provider].filter((id) => providers?.includes(id) ?? true);
    const filter = { from, to, ...(named && { providers: named }), ...(outcome !== undefined && { outcome }) };
    return toDays(days, await store.activity(filter));
  }
  if (page.next !== undefined || query.before !== undefined) return undefined;
  const ended = page.changes.filter(({ open }) => !open);
  return toDays(
    days,
    ended.map(({ at, ...change }) => ({ ...change, day: at.slice(0, 10), count: 1 })),
  );
}

function daysOf({ since, until }: HistoryQuery, now: number): string[] {
  const last = Math.floor(Math.min(now, until === undefined ? now : Date.parse(until)) / DAY_MS);
  const first = since === undefined ? last - DEFAULT_DAYS + 1 : Math.floor(Date.parse(since) / DAY_MS);
  const count = Math.max(1, Math.min(MOST_DAYS, last - first + 1));
  return Array.from({ length: count }, (_, at) =>
    new Date((last - count + 1 + at) * DAY_MS).toISOString().slice(0, 10),
  );
}

function toDays(
  days: readonly string[],
  counts: readonly Pick<ActivityCount, 'day' | 'outcome' | 'count'>[],
): DayCount[] {
  const byDay = new Map(days.map((day) => [day, { day, updated: 0, other: 0 }]));
  for (const { day, outcome, count } of counts) {
    const found = byDay.get(day);
    if (found) found[outcome === 'updated' ? 'updated' : 'other'] += count;
  }
  return [...byDay.values()];
}
