import { isCounted } from '../log/activity.ts';
import type { ActivityCount, ActivityFilter } from '../store.ts';
import { type Dialect, type Procedure, query } from './dialect.ts';

/** A day has a row for each provider and outcome: few enough to select among them here. */
export function* readActivity(dialect: Dialect, filter: ActivityFilter): Procedure<ActivityCount[]> {
  const texts = ['day', 'provider', 'outcome'].map((name) => dialect.selectText('a', name)).join(', ');
  const rows = yield* query(
    `SELECT ${texts}, a.count AS count FROM ${dialect.tables.activity} a WHERE a.day >= $1 AND a.day <= $2
     ORDER BY a.day, a.provider, a.outcome`,
    [filter.from, filter.to],
  );
  const counts = rows.map(
    (row): ActivityCount => ({
      day: dialect.toText(row['day']),
      provider: dialect.toText(row['provider']),
      outcome: dialect.toText(row['outcome']),
      count: Number(row['count']),
    }),
  );
  return counts.filter((one) => isCounted(one, filter));
}
