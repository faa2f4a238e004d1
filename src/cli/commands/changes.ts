import { type App, createApp } from '../../app.ts';
import { loadSettings } from '../../config/load.ts';
import { stringifyJson } from '../../lib/json/json.ts';
import { toPlain } from '../../server/mcp/results.ts';
import { toListed } from '../../server/mcp/tools/listed-change.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import { type ChangeQuery, findChanges, findEntries } from '../changes/filter.ts';
import { filtersWithoutEntries } from '../changes/mistyped-filters.ts';
import { type ChangesOptions, checkOptions, FILTERS, parseLimit } from '../changes/options.ts';
import { toChangeTable } from '../changes/table.ts';
import { parseSpan, toMinute } from '../changes/times.ts';
import { findUsers } from '../changes/user.ts';
import { verify } from '../changes/verify.ts';
import { parseOptions, print, refuseRepeated } from '../options.ts';
import { write } from '../output.ts';
import { terminalWidth, wrap } from '../table.ts';

const DEFAULT_LIMIT = 20;

const HELP = `Usage: update-user-mcp changes list|verify|export [options]
The audit log of every change and attempt. Values are stored masked.

  list     newest first, ${DEFAULT_LIMIT} unless --limit is given; says how many more there are
  export   every entry as JSON Lines, oldest first
  verify   check the hash chain; names the first broken entry and exits 1, else
           prints the head
           [--head HASH]: a head noted elsewhere, which has to be in the chain

Filters of list and export; all that are given must match:
  --provider ID    --outcome NAME    --limit NUMBER
  --user USER      a user id, or an e-mail address, which is looked up at the vendors
  --field FIELD    props.theme, PROVIDER.props.theme, or props with everything in it
  --caller NAME    the caller; * stands for any text
  --since TIME     7d (or h, w), a day, or a date-time; without a zone it is UTC
  --until TIME     likewise; a day is included to its end
Times are UTC. With --outcome, export leaves out the intents of changes that have
an outcome.

Options: --config FILE, --json`;

/** Further changes are counted up to this number. */
const MAX_COUNTED = 10_000;

export async function run(args: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { ...Object.fromEntries(FILTERS.map((name) => [name, text])), head: text };
  const parsed = parseOptions(args, HELP, options, 1);
  if (!parsed) return 0;
  const values: ChangesOptions = parsed.values;
  const [verb = ''] = parsed.positionals;
  refuseRepeated(args, FILTERS);
  checkOptions(verb, values);
  const span = parseSpan(values.since, values.until);
  const limit = parseLimit(values.limit);
  const app = createApp(loadSettings(process.env, values.config));
  try {
    if (verb === 'verify') return await verify(app, values);
    const { query, notes, isPartial } = await toQuery(values, span, app);
    if (notes.length > 0) tell(notes, values.json === true || verb === 'export' ? 'program' : 'person');
    if (verb === 'list') await list(app, query, limit ?? DEFAULT_LIMIT, values);
    else await exportEntries(app, query, limit);
    return isPartial ? 1 : 0;
  } finally {
    await app.shutdown();
  }
}

async function toQuery(values: ChangesOptions, span: { since?: string; until?: string }, app: App) {
  const { user, provider, field, caller, outcome } = values;
  const found = user === undefined ? undefined : await findUsers(user, provider, app);
  const query: ChangeQuery = {
    ...span,
    ...(found && { users: found.users }),
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

async function list(
  app: App,
  query: ChangeQuery,
  limit: number,
  { json = false, since, until }: ChangesOptions,
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

async function exportEntries(app: App, query: ChangeQuery, limit = Number.POSITIVE_INFINITY): Promise<void> {
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
