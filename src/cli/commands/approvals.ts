import { type App, createApp } from '../../app.ts';
import { type ApprovalService, createApprovalService, type Waiting } from '../../approvals/service.ts';
import { loadSettings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { quoteNames } from '../../lib/text/quote.ts';
import { listenOnLoopback } from '../../server/approvals/loopback-server.ts';
import type { ApprovalCursor } from '../../store/approvals.ts';
import { print, readOptions } from '../options.ts';
import { toTable } from '../table.ts';
import { sharedApprovals } from './approver.ts';

const HELP = `Usage: update-user-mcp approvals list | serve [--port PORT]
What waits for a person, and the page to decide on it.

  list    what is pending, and what was approved and not used yet, soonest to
          expire first. \`update-user-mcp approve ID\` and \`reject ID\` decide,
          \`approve ID --take-back\` takes a yes back
  serve   the approval page on 127.0.0.1, until stopped; any free port unless
          one is given

Options: --config FILE, --json`;

/** As many characters of an id as a table shows; `approve` takes them too. */
const SHORT_ID = 8;
const MAX_CELL = 120;
const MAX_NAMES = 10;

export async function run(args: string[]): Promise<number> {
  const parsed = readOptions(args, HELP, { port: { type: 'string', default: '0' } }, 1);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  const app = createApp(loadSettings(process.env, values.config));
  try {
    await sharedApprovals(app);
    switch (positionals[0]) {
      case 'list':
        return await list(app, values.json ?? false);
      case 'serve':
        return await serve(app, values.port);
      default:
        throw new UsageError(`approvals ${positionals[0]}: expected list or serve`);
    }
  } finally {
    await app.shutdown();
  }
}

/**
 * Everything that waits, then everything that was approved and not used, however much it is; `tell` is called with each
 * in turn. How many could not be read is the answer.
 */
export async function eachWaiting(service: ApprovalService, tell: (waiting: Waiting) => void): Promise<number> {
  let unreadable = 0;
  for (const state of ['pending', 'approved'] as const) {
    let after: ApprovalCursor | undefined;
    do {
      const page = await service.waiting(state, after);
      for (const one of page.waiting) tell(one);
      unreadable += page.unreadable;
      after = page.next;
    } while (after);
  }
  return unreadable;
}

async function list(app: App, json: boolean): Promise<number> {
  const listed: Listed[] = [];
  const unreadable = await eachWaiting(await createApprovalService(app), (one) => listed.push(toListed(one)));
  if (json) print(JSON.stringify(listed));
  else if (listed.length === 0) print('Nothing waits for approval.');
  else print(toTables(listed));
  if (unreadable > 0) process.stderr.write(`Not shown: ${unreadable}, sealed with a key that is not at hand.\n`);
  return 0;
}

type Listed = ReturnType<typeof toListed>;

/** Names of fields, no values: those are for an approver who has signed in. */
function toListed({ row, view }: Waiting) {
  return {
    id: row.id,
    state: row.state,
    provider: view.provider,
    connection: view.connection,
    user: { id: view.userId, label: view.label },
    fields: view.changes.map(({ field }) => field),
    caller: view.caller,
    /** What the client calls itself: not verified. */
    client: view.client ?? null,
    asked_at: row.createdAt,
    expires_at: new Date(row.expiresAt).toISOString(),
    approved_by: row.decisions
      .filter(({ yes, takenBack }) => yes && takenBack === undefined)
      .map((one) => one.approver),
    needed: row.needed,
  };
}

function toTables(listed: readonly Listed[]): string {
  const head = ['ID', 'WHERE', 'WHO', 'WHAT', 'ASKED BY', 'CLIENT SAYS', 'LEFT'];
  const tableOf = (state: string) => {
    const rows = listed.filter((one) => one.state === state).map(toRow);
    return rows.length === 0 ? [] : [toTable(head, rows, { whole: [0, 6] })];
  };
  const approved = tableOf('approved').map((table) => `Approved, not used yet:\n${table}`);
  return [...tableOf('pending'), ...approved].join('\n\n');
}

function toRow({ id, connection, user, fields, caller, client, expires_at }: Listed): string[] {
  const left = Math.max(0, Date.parse(expires_at) - Date.now());
  return [
    id.slice(0, SHORT_ID),
    connection,
    toCell(user.label),
    quoteNames(fields, MAX_NAMES),
    toCell(caller),
    client === null ? '-' : toCell(client),
    left >= 3_600_000 ? `${Math.floor(left / 3_600_000)} h` : `${Math.ceil(left / 60_000)} min`,
  ];
}

/** Two blanks would look like the end of a column; what is left out is said. */
function toCell(text: string): string {
  const points = [...text.replaceAll(/\s+/g, ' ')];
  if (points.length <= MAX_CELL) return points.join('');
  return `${points.slice(0, MAX_CELL).join('')} (${points.length - MAX_CELL} more)`;
}

async function serve(app: App, wanted: string): Promise<number> {
  const port = Number(wanted);
  if (!/^\d+$/.test(wanted) || port > 65_535) throw new UsageError('--port: expected a number from 0 to 65535');
  const listener = await listenOnLoopback(app, port);
  print(`Approvals: ${listener.url} (Ctrl-C stops)`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await listener.close();
  return 0;
}
