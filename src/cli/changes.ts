import { loadSettings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { buildParts } from '../parts.ts';
import { toListed } from '../server/changes-tool.ts';
import { verifyChain } from '../store/chain.ts';
import type { Entry, ListedChange, Store } from '../store/store.ts';
import { quote } from '../update/question.ts';
import { print, readOptions } from './options.ts';
import { toTable } from './table.ts';

const HELP = `Usage: update-user-mcp changes list|verify|export [options]
The record of every change and attempt; values are masked as they are stored.

  list     newest first   [--provider ID] [--user ID] [--outcome NAME] [--since TIME] [--limit 20]
  verify   walk the hash chain; names the first broken row and exits 1
  export   every row as JSON Lines, oldest first

Options: --config FILE, --json`;

export async function run(args: string[]): Promise<number> {
  const options = {
    provider: { type: 'string' },
    user: { type: 'string' },
    outcome: { type: 'string' },
    since: { type: 'string' },
    limit: { type: 'string', default: '20' },
  } as const;
  const parsed = readOptions(args, HELP, options, 1);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  const parts = buildParts(loadSettings(process.env, values.config));
  const store = await parts.store();
  try {
    switch (positionals[0]) {
      case 'list':
        return await list(store, values);
      case 'verify':
        return await verify(store, values.json ?? false);
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
  if (json) print(JSON.stringify(rows.map(toListed)));
  else
    print(
      rows.length === 0
        ? 'No changes.'
        : toTable(['WHEN', 'OUTCOME', 'WHERE', 'USER', 'WHAT', 'CHANGE'], rows.map(toRow)),
    );
  return 0;
}

function toRow(row: ListedChange): string[] {
  const what = row.body.fields.map(({ field, before, after }) => `${field}: ${quote(before)} → ${quote(after)}`);
  return [
    row.at.slice(0, 16).replace('T', ' '),
    row.open ? 'open' : row.outcome,
    row.connection,
    row.userId.length > 10 ? `${row.userId.slice(0, 4)}…${row.userId.slice(-4)}` : row.userId,
    what.join('; ') || (row.body.code ?? ''),
    row.changeId,
  ];
}

async function verify(store: Store, json: boolean): Promise<number> {
  const head = await store.head();
  const progress = process.stderr.isTTY
    ? (rows: number) => process.stderr.write(`\r${rows} of ${head.seq} rows …`)
    : () => {};
  const verdict = await verifyChain(store.rows(), head, (rows: number) => {
    if (rows % 5000 === 0) progress(rows);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (json) print(JSON.stringify(verdict));
  else if (verdict.ok) print(`The chain is whole: ${verdict.rows} rows.`);
  else print(`The chain is broken at row ${verdict.seq}: ${verdict.problem}`);
  return verdict.ok ? 0 : 1;
}

async function exportRows(store: Store): Promise<number> {
  for await (const row of store.rows()) {
    const line: Entry = row;
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) {
      await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
    }
  }
  return 0;
}
