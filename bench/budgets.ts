import { MEMORY_USED, P50, RATE, VENDOR_RATE } from './parts/calls.ts';
import { GROWTH_MEMORY, GROWTH_P50 } from './parts/growth.ts';
import { AUDIT_COMMAND, AUDIT_QUERY } from './parts/history.ts';
import { AUDIT_PAGE } from './parts/history-page.ts';
import { HTTP_RATE } from './parts/http.ts';
import { INSTALL } from './parts/install.ts';
import { BARE, MANY_MEMORY, MANY_TIME } from './parts/many.ts';
import { STARTUP } from './parts/startup.ts';
import type { Row } from './statistics.ts';
import { GENERATED } from './subjects/installations.ts';
import { CONVERTER, GENERATOR, KEYCLOAK } from './subjects/peers.ts';
import { FLOOR, MEMORY, SQLITE } from './subjects/servers.ts';

/** A performance budget: a bound on the ratio of two values measured in the same run. */
interface Budget {
  topic: string;
  of: string;
  to: string;
  limit: { most: number } | { least: number };
}

const budgets: readonly Budget[] = [
  { topic: STARTUP, of: SQLITE, to: FLOOR, limit: { most: 1.2 } },
  { topic: STARTUP, of: SQLITE, to: CONVERTER, limit: { most: 0.5 } },
  { topic: STARTUP, of: SQLITE, to: GENERATOR, limit: { most: 0.5 } },
  { topic: INSTALL, of: SQLITE, to: CONVERTER, limit: { most: 1 } },
  { topic: INSTALL, of: SQLITE, to: GENERATED, limit: { most: 1 } },
  { topic: INSTALL, of: SQLITE, to: KEYCLOAK, limit: { most: 1 } },
  { topic: P50, of: MEMORY, to: FLOOR, limit: { most: 1.5 } },
  { topic: P50, of: SQLITE, to: FLOOR, limit: { most: 2.5 } },
  { topic: RATE, of: MEMORY, to: GENERATOR, limit: { least: 1 } },
  { topic: RATE, of: MEMORY, to: KEYCLOAK, limit: { least: 1 } },
  { topic: VENDOR_RATE, of: MEMORY, to: CONVERTER, limit: { least: 1 } },
  { topic: RATE, of: SQLITE, to: FLOOR, limit: { least: 0.5 } },
  { topic: HTTP_RATE, of: MEMORY, to: FLOOR, limit: { least: 0.8 } },
  { topic: MEMORY_USED, of: SQLITE, to: FLOOR, limit: { most: 1.25 } },
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

export interface CheckedBudget {
  budget: string;
  limit: string;
  /** Undefined if one of the two values could not be measured in this run. */
  measured: number | undefined;
  met: boolean;
}

export function checkBudgets(rows: readonly Row[]): CheckedBudget[] {
  const valueOf = (topic: string, what: string) =>
    rows.find((row) => row.topic === topic && row.what === what)?.value ?? Number.NaN;
  return budgets.map(({ topic, of, to, limit }) => {
    const ratio = valueOf(topic, of) / valueOf(topic, to);
    const measured = Number.isFinite(ratio) ? ratio : undefined;
    const met = measured !== undefined && ('most' in limit ? measured <= limit.most : measured >= limit.least);
    const bound = 'most' in limit ? `≤ ${limit.most} ×` : `≥ ${limit.least} ×`;
    return { budget: `${topic}: ${of}`, limit: `${bound} ${to}`, measured, met };
  });
}
