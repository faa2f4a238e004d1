import { type App, createApp } from '../../app.ts';
import { type ChangeQuery, findChanges } from '../../audit/search.ts';
import { loadSettings } from '../../config/load.ts';
import { stringifyJson } from '../../lib/json/json.ts';
import { toPlain } from '../../server/mcp/results.ts';
import { toListed } from '../../server/mcp/tools/listed-change.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import { findEntries } from '../changes/entries.ts';
import { filtersWithoutEntries } from '../changes/mistyped-filters.ts';
import { toChangeTable } from '../changes/table.ts';
import { parseSpan, toMinute } from '../changes/times.ts';
import { findUsers } from '../changes/user.ts';
import { verifyChain } from '../changes/verify.ts';
import type { Called } from '../definitions/command.ts';
import { print, write } from '../output.ts';
import { terminalWidth, wrap } from '../table.ts';

/** Further changes are counted up to this number. */
const MAX_COUNTED = 10_000;

/** The options of `changes list` and `changes export`. */
interface FilterOptions {
  provider?: string;
  user?: string;
  field?: string;
  caller?: string;
  outcome?: string;
  since?: string;
  until?: string;
  limit?: string;
  config?: string;
  json?: boolean;
}

/** `changes list`. */
export async function list({ values }: Called<FilterOptions & { limit: string }>): Promise<number> {
  return await withQuery(values, values.json ? 'program' : 'person', async (query, app) => {
    await listMatching(app, query, Number(values.limit), values);
  });
}

/** `changes export`. */
export async function exportAll({ values }: Called<FilterOptions>): Promise<number> {
  const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
  return await withQuery(values, 'program', (query, app) => exportEntries(app, query, limit));
}

/** `changes verify`. */
export async function verify({ values }: Called<{ head?: string; config?: string; json?: boolean }>): Promise<number> {
  const app = createApp(loadSettings(process.env, values.config));
  try {
    return await verifyChain(app, values);
  } finally {
    await app.shutdown();
  }
}

async function withQuery(
  values: FilterOptions,
  reader: 'person' | 'program',
  use: (query: ChangeQuery, app: App) => Promise<void>,
): Promise<number> {
  const span = parseSpan(values.since, values.until);
  const app = createApp(loadSettings(process.env, values.config));
  try {
    const { query, notes, isPartial } = await toQuery(values, span, app);
    if (notes.length > 0) tell(notes, reader);
    await use(query, app);
    return isPartial ? 1 : 0;
  } finally {
    await app.shutdown();
  }
}

async function toQuery(values: FilterOptions, span: { since?: string; until?: string }, app: App) {
  const { user, provider, field, caller, outcome } = values;
  const found = user === undefined ? undefined : await findUsers(user, provider, app);
  const query: ChangeQuery = {
    ...span,
    ...(found && { person: { users: found.users } }),
    ...(provider !== undefined && { provider }),
    ...(field !== undefined && { field }),
    ...(caller !== undefined && { caller }),
    ...(outcome !== undefined && { outcome }),
  };
  return { query, notes: found?.notes ?? [], isPartial: found?.isPartial ?? false };
}

/** Sentences for people go to stdout, or to stderr if a program reads stdout. */
function tell(sentences: readonly string[], reader: 'person' | 'program'): void {
  const lines = sentences.flatMap((sentence) => wrap(sentence, 80)).join('\n');
  if (reader === 'program') process.stderr.write(`${lines}\n`);
  else print(lines);
}

async function listMatching(
  app: App,
  query: ChangeQuery,
  limit: number,
  { json = false, since, until }: FilterOptions,
): Promise<void> {
  const store = await app.store();
  const changes: ListedChange[] = [];
  let more = 0;
  for await (const change of findChanges(store, query)) {
    if (changes.length < limit) changes.push(change);
    else if (++more > MAX_COUNTED) break;
  }
  if (json) print(JSON.stringify(toPlain(changes.map(toListed))));
  else print(changes.length === 0 ? 'No changes.' : toChangeTable(changes, terminalWidth()));
  const mistyped = changes.length === 0 ? await filtersWithoutEntries(store, query) : [];
  const span = json || (since ?? until) === undefined ? [] : [spanText(query)];
  const count = more > MAX_COUNTED ? `More than ${MAX_COUNTED}` : String(more);
  const rest = more === 0 ? [] : [`${count} more: --limit ${limit + more}`];
  const notes = [...mistyped, ...span, ...rest];
  if (notes.length > 0) tell(notes, json ? 'program' : 'person');
}

function spanText({ since, until }: ChangeQuery): string {
  const from = since === undefined ? '' : ` from ${toMinute(since)}`;
  const to = until === undefined ? '' : ` to ${toMinute(until)}`;
  return `Changes${from}${to} (UTC).`;
}

async function exportEntries(app: App, query: ChangeQuery, limit: number): Promise<void> {
  const store = await app.store();
  let count = 0;
  for await (const entry of findEntries(store, query)) {
    if (count === limit) {
      tell([`There are more: --limit ${limit} is reached.`], 'program');
      break;
    }
    count++;
    if (!(await write(`${stringifyJson(entry)}\n`))) break;
  }
  if (count === 0) tell(['No changes.', ...(await filtersWithoutEntries(store, query))], 'program');
}
