import { loadSettings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { stringifyJson } from '../json.ts';
import { buildParts } from '../parts.ts';
import { providers } from '../providers/index.ts';
import { toListed } from '../server/changes-tool.ts';
import { OUTCOMES, toPlain } from '../server/results.ts';
import type { Entry, ListedChange, Store } from '../store/store.ts';
import { quote } from '../update/question.ts';
import { shortIds } from './change-ids.ts';
import { print, readOptions } from './options.ts';
import { write } from './output.ts';
import { terminalWidth, toTable } from './table.ts';
import { verify } from './verify.ts';

const HELP = `Usage: update-user-mcp changes list|verify|export [options]
The record of every change and attempt; values are masked as they are stored.

  list     newest first   [--provider ID] [--user ID] [--outcome NAME] [--since TIME] [--limit 20]
  verify   walk the hash chain; names the first broken row and exits 1, else prints the head
           [--head HASH]: a head noted elsewhere, which has to be in the chain
  export   every row as JSON Lines, oldest first

Options: --config FILE, --json`;

/** As wide a terminal leaves the other cells room enough beside whole ids. */
const ROOMY = 110;

export async function run(args: string[]): Promise<number> {
  const options = {
    provider: { type: 'string' },
    user: { type: 'string' },
    outcome: { type: 'string' },
    since: { type: 'string' },
    limit: { type: 'string', default: '20' },
    head: { type: 'string' },
  } as const;
  const parsed = readOptions(args, HELP, options, 1);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  knownOnly(
    '--provider',
    values.provider,
    providers.map(({ id }) => id),
  );
  knownOnly('--outcome', values.outcome, OUTCOMES);
  const parts = buildParts(loadSettings(process.env, values.config));
  const store = await parts.store();
  try {
    switch (positionals[0]) {
      case 'list':
        return await list(store, values);
      case 'verify':
        return await verify(parts, values);
      case 'export':
        return await exportRows(store);
      default:
        throw new UsageError(`changes ${positionals[0]}: expected list, verify or export`);
    }
  } finally {
    await parts.stop();
  }
}

interface ListOptions {
  provider?: string;
  user?: string;
  outcome?: string;
  since?: string;
  limit: string;
  json?: boolean;
}

async function list(store: Store, { provider, user, outcome, since, limit, json }: ListOptions): Promise<number> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1) throw new UsageError('--limit: expected a whole number from 1');
  if (since !== undefined && Number.isNaN(Date.parse(since)))
    throw new UsageError('--since: expected a date or date-time');
  const rows = await store.list({
    limit: count,
    ...(provider !== undefined && { provider }),
    ...(user !== undefined && { userId: user }),
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
  });
  if (json) print(JSON.stringify(toPlain(rows.map(toListed))));
  else print(rows.length === 0 ? 'No changes.' : listed(rows, terminalWidth()));
  return 0;
}

/** Ids are what people copy: they are whole where there is room, and else a beginning that `undo` takes. */
function listed(rows: readonly ListedChange[], width: number): string {
  const all = rows.map(({ changeId }) => changeId);
  const ids = width >= ROOMY ? all : shortIds(all);
  const cells = rows.map((row, at) => [...toCells(row, width), ids[at] ?? row.changeId]);
  const head = ['WHEN', 'OUTCOME', 'WHERE', 'USER', 'WHAT', 'CHANGE'];
  return toTable(head, cells, { width, whole: [head.length - 1] });
}

function toCells(row: ListedChange, width: number): string[] {
  const what = row.body.fields.map(({ field, before, after }) => `${field}: ${quote(before)} → ${quote(after)}`);
  const { userId } = row;
  return [
    row.at.slice(0, 16).replace('T', ' '),
    row.open ? 'open' : row.outcome,
    row.connection,
    Number.isFinite(width) && userId.length > 10 ? `${userId.slice(0, 4)}…${userId.slice(-4)}` : userId,
    what.join('; ') || (row.body.code ?? ''),
  ];
}

async function exportRows(store: Store): Promise<number> {
  for await (const row of store.rows()) {
    const line: Entry = row;
    if (!(await write(`${stringifyJson(line)}\n`))) break;
  }
  return 0;
}

/** A filter nothing can match is a slip; an empty list would pass for the answer. */
function knownOnly(option: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    throw new UsageError(`${option} ${value}: expected one of ${known.join(', ')}`);
}
