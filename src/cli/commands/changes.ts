import { type App, createApp } from '../../app.ts';
import { loadSettings } from '../../config/load.ts';
import { stringifyJson } from '../../lib/json/json.ts';
import { toPlain } from '../../server/mcp/results.ts';
import { toListed } from '../../server/mcp/tools/listed-change.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import { type ChangeQuery, changesLike, rowsLike } from '../changes/filter.ts';
import { filtersWithoutEntries } from '../changes/mistyped-filters.ts';
import { checkOptions, FILTERS, readLimit, type Values } from '../changes/options.ts';
import { toChangeTable } from '../changes/table.ts';
import { readSpan, toMinute } from '../changes/times.ts';
import { usersMeant } from '../changes/user.ts';
import { verify } from '../changes/verify.ts';
import { print, readOptions, refuseRepeated } from '../options.ts';
import { write } from '../output.ts';
import { terminalWidth, wrap } from '../table.ts';

const DEFAULT_LIMIT = 20;

const HELP = `Usage: update-user-mcp changes list|verify|export [options]
The record of every change and attempt; values are masked as they are stored.

  list     newest first, ${DEFAULT_LIMIT} unless --limit says otherwise; tells how many more
  export   every row as JSON Lines, oldest first
  verify   walk the hash chain; names the first broken row and exits 1, else prints the head
           [--head HASH]: a head noted elsewhere, which has to be in the chain

Filters of list and export; all that are given must fit:
  --provider ID    --outcome NAME    --limit NUMBER
  --user USER      a user id, or an e-mail, which is looked up at the vendors
  --field FIELD    props.theme, PROVIDER.props.theme, or props for all that is in it
  --caller NAME    who asked; * for any text
  --since TIME     7d (or h, w), a day, or a date-time; without a zone it is UTC
  --until TIME     likewise; a day is included to its end
Times are UTC. A filter by outcome exports the row that says so, without that of
the intent.

Options: --config FILE, --json`;

/** Further changes are counted up to here. */
const MOST_COUNTED = 10_000;

export async function run(args: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { ...Object.fromEntries(FILTERS.map((name) => [name, text])), head: text };
  const parsed = readOptions(args, HELP, options, 1);
  if (!parsed) return 0;
  const values: Values = parsed.values;
  const [verb = ''] = parsed.positionals;
  refuseRepeated(args, FILTERS);
  checkOptions(verb, values);
  const span = readSpan(values.since, values.until);
  const limit = readLimit(values.limit);
  const app = createApp(loadSettings(process.env, values.config));
  try {
    if (verb === 'verify') return await verify(app, values);
    const { query, said, isPartial } = await toQuery(values, span, app);
    if (said.length > 0) tell(said, values.json === true || verb === 'export');
    const code = isPartial ? 1 : 0;
    const done =
      verb === 'list' ? await list(app, query, limit ?? DEFAULT_LIMIT, values) : await exportRows(app, query, limit);
    return Math.max(code, done);
  } finally {
    await app.shutdown();
  }
}

async function toQuery(values: Values, span: { since?: string; until?: string }, app: App) {
  const { user, provider, field, caller, outcome } = values;
  const meant = user === undefined ? undefined : await usersMeant(user, provider, app);
  const query: ChangeQuery = {
    ...span,
    ...(meant && { users: meant.users }),
    ...(provider !== undefined && { provider }),
    ...(field !== undefined && { field }),
    ...(caller !== undefined && { caller }),
    ...(outcome !== undefined && { outcome }),
  };
  return { query, said: meant?.said ?? [], isPartial: meant?.isPartial ?? false };
}

/** To people in the answer; programs read it on stderr, and find on stdout what they expect. */
function tell(sentences: readonly string[], isForProgram: boolean): void {
  const lines = sentences.flatMap((sentence) => wrap(sentence, 80)).join('\n');
  if (isForProgram) process.stderr.write(`${lines}\n`);
  else print(lines);
}

async function list(
  app: App,
  query: ChangeQuery,
  limit: number,
  { json = false, since, until }: Values,
): Promise<number> {
  const store = await app.store();
  const changes: ListedChange[] = [];
  let more = 0;
  for await (const change of changesLike(store, query)) {
    if (changes.length < limit) changes.push(change);
    else if (++more > MOST_COUNTED) break;
  }
  if (json) print(JSON.stringify(toPlain(changes.map(toListed))));
  else print(changes.length === 0 ? 'No changes.' : toChangeTable(changes, terminalWidth()));
  const slips = changes.length === 0 ? await filtersWithoutEntries(store, query) : [];
  const span = json || (since ?? until) === undefined ? [] : [spanWords(query)];
  const count = more > MOST_COUNTED ? `More than ${MOST_COUNTED}` : String(more);
  const rest = more === 0 ? [] : [`${count} more: --limit ${limit + more}`];
  if (slips.length + span.length + rest.length > 0) tell([...slips, ...span, ...rest], json);
  return 0;
}

function spanWords({ since, until }: ChangeQuery): string {
  const from = since === undefined ? '' : ` from ${toMinute(since)}`;
  const to = until === undefined ? '' : ` to ${toMinute(until)}`;
  return `Changes${from}${to} (UTC).`;
}

async function exportRows(app: App, query: ChangeQuery, limit = Number.POSITIVE_INFINITY): Promise<number> {
  const store = await app.store();
  let count = 0;
  for await (const row of rowsLike(store, query)) {
    if (count === limit) {
      tell([`There are more: --limit ${limit} is reached.`], true);
      break;
    }
    count++;
    if (!(await write(`${stringifyJson(row)}\n`))) break;
  }
  if (count === 0) tell(['No changes.', ...(await filtersWithoutEntries(store, query))], true);
  return 0;
}
