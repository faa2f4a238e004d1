import type { ActivityCount, ActivityFilter } from '../store.ts';

/** Whether a row of `activity` is asked for. */
export function isCounted({ day, provider, outcome }: ActivityCount, filter: ActivityFilter): boolean {
  return (
    day >= filter.from &&
    day <= filter.to &&
    (filter.providers === undefined || filter.providers.includes(provider)) &&
    (filter.outcome === undefined || filter.outcome === outcome)
  );
}
