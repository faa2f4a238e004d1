import type { Row } from './statistics.ts';
import { GENERATED } from './subjects/installations.ts';
import { CONVERTER, GENERATOR, KEYCLOAK } from './subjects/peers.ts';
import { FLOOR, MEMORY, RAW, SQLITE } from './subjects/servers.ts';
import {
  AUDIT_COMMAND,
  AUDIT_PAGE,
  AUDIT_QUERY,
  BARE,
  DISTANT_P50,
  DOWNLOAD,
  FLOOR_AND_APPEND,
  GROWTH_MEMORY,
  GROWTH_P50,
  HTTP_RATE,
  INSTALL,
  MANY_MEMORY,
  MANY_TIME,
  MEMORY_USED,
  P50,
  RATE,
  STARTUP,
  VENDOR_RATE,
} from './topics.ts';

/** A performance budget: a bound on the ratio of two values measured in the same run. */
interface Budget {
  topic: string;
  of: string;
  to: string;
  limit: { most: number } | { least: number };
}

const budgets: readonly Budget[] = [
  { topic: STARTUP, of: SQLITE, to: FLOOR, limit: { most: 1.15 } },
  { topic: STARTUP, of: SQLITE, to: CONVERTER, limit: { most: 0.5 } },
  { topic: STARTUP, of: SQLITE, to: GENERATOR, limit: { most: 0.5 } },
  ...[INSTALL, DOWNLOAD].flatMap((topic) =>
    [CONVERTER, GENERATED, KEYCLOAK].map((to) => ({ topic, of: SQLITE, to, limit: { most: 1 } })),
  ),
  { topic: P50, of: MEMORY, to: FLOOR, limit: { most: 1.3 } },
  { topic: P50, of: SQLITE, to: FLOOR_AND_APPEND, limit: { most: 1.3 } },
  { topic: RATE, of: MEMORY, to: FLOOR, limit: { least: 0.6 } },
  { topic: RATE, of: SQLITE, to: FLOOR, limit: { least: 0.6 } },
  { topic: RATE, of: MEMORY, to: GENERATOR, limit: { least: 1 } },
  { topic: RATE, of: MEMORY, to: KEYCLOAK, limit: { least: 1 } },
  ...[CONVERTER, GENERATOR, KEYCLOAK].map((to) => ({ topic: VENDOR_RATE, of: MEMORY, to, limit: { least: 1.5 } })),
  { topic: HTTP_RATE, of: MEMORY, to: FLOOR, limit: { least: 0.8 } },
  { topic: MEMORY_USED, of: SQLITE, to: FLOOR, limit: { most: 1.2 } },
  { topic: DISTANT_P50, of: MEMORY, to: RAW, limit: { most: 1.03 } },
  { topic: DISTANT_P50, of: SQLITE, to: RAW, limit: { most: 1.03 } },
  { topic: GROWTH_P50, of: '100,000 changes', to: '10 changes', limit: { most: 1.25 } },
  { topic: GROWTH_P50, of: '100,000 pending approvals', to: '10 pending approvals', limit: { most: 1.25 } },
  { topic: GROWTH_MEMORY, of: '100,000 changes', to: '10 changes', limit: { most: 1.1 } },
  { topic: GROWTH_MEMORY, of: '100,000 pending approvals', to: '10 pending approvals', limit: { most: 1.1 } },
  { topic: MANY_TIME, of: MEMORY, to: BARE, limit: { most: 1.15 } },
  { topic: MANY_TIME, of: SQLITE, to: BARE, limit: { most: 1.15 } },
  { topic: MANY_MEMORY, of: '10,000 changes', to: '300 changes', limit: { most: 2.5 } },
  ...['SQLite', 'PostgreSQL'].flatMap((store) => [
    ...['the first page', 'a user id', 'an e-mail address'].map((what) => longLog(`${AUDIT_QUERY}, ${store}: ${what}`)),
    ...['changes list', 'changes list --user ID', 'changes list --user EMAIL'].map((what) =>
      longLog(`${AUDIT_COMMAND}, ${store}: ${what}`),
    ),
    ...['the first page', 'a user id'].map((what) => longLog(`${AUDIT_PAGE}, ${store}: ${what}`)),
  ]),
];

function longLog(topic: string): Budget {
  return { topic, of: '100,000 changes', to: '1,000 changes', limit: { most: 1.25 } };
}

/** A budget with what several runs measured. */
export interface CheckedBudget extends Pick<Budget, 'topic' | 'of' | 'to'> {
  limit: string;
  /** The ratio in each run that could measure both values. */
  measured: number[];
  /** How many of the runs met it. One that could not measure it did not. */
  metIn: number;
  runs: number;
}

export function checkBudgets(runs: readonly (readonly Row[])[]): CheckedBudget[] {
  return budgets.map(({ topic, of, to, limit }) => {
    const ratios = runs.map((rows) => valueIn(rows, topic, of) / valueIn(rows, topic, to));
    const measured = ratios.filter(Number.isFinite);
    const met = measured.filter((ratio) => ('most' in limit ? ratio <= limit.most : ratio >= limit.least));
    const bound = 'most' in limit ? `≤ ${limit.most} ×` : `≥ ${limit.least} ×`;
    return { topic, of, to, limit: bound, measured, metIn: met.length, runs: runs.length };
  });
}

function valueIn(rows: readonly Row[], topic: string, what: string): number {
  return rows.find((row) => row.topic === topic && row.what === what)?.value ?? Number.NaN;
}
