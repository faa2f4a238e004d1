import { type App, createApp } from '../../app.ts';
import type { Approval } from '../../approvals/approval.ts';
import { isYes } from '../../approvals/eligibility.ts';
import { type ApprovalService, createApprovalService } from '../../approvals/service.ts';
import { loadSettings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { quoteNames } from '../../lib/text/quote.ts';
import { startLoopbackServer } from '../../server/approvals/loopback-server.ts';
import type { ApprovalCursor } from '../../store/approvals.ts';
import { parseOptions, print } from '../options.ts';
import { toTable } from '../table.ts';
import { sharedApprovals } from './approver.ts';

const HELP = `Usage: update-user-mcp approvals list | serve [--port PORT]
Requests for approval, and the page to decide on them.

  list    pending requests, and those approved but not used yet, soonest to
          expire first. Decide with \`update-user-mcp approve ID\` or
          \`reject ID\`; take a yes back with \`approve ID --take-back\`
  serve   serves the approval page on 127.0.0.1 until stopped, on a free port
          unless one is given

Options: --config FILE, --json`;

/** Characters of an id in a table; `approve` accepts them too. */
const SHORT_ID = 8;
const MAX_CELL = 120;
const MAX_NAMES = 10;

export async function run(args: string[]): Promise<number> {
  const parsed = parseOptions(args, HELP, { port: { type: 'string', default: '0' } }, 1);
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
 * Calls `visit` with every pending request, then with every one that was approved and not used yet. Returns how many
 * could not be read.
 */
export async function visitOpenApprovals(
  service: ApprovalService,
  visit: (approval: Approval) => void,
): Promise<number> {
  let unreadable = 0;
  for (const state of ['pending', 'approved'] as const) {
    let after: ApprovalCursor | undefined;
    do {
      const page = await service.list(state, after);
      page.approvals.forEach(visit);
      unreadable += page.unreadable;
      after = page.next;
    } while (after);
  }
  return unreadable;
}

async function list(app: App, json: boolean): Promise<number> {
  const listed: ListedApproval[] = [];
  const unreadable = await visitOpenApprovals(await createApprovalService(app), (one) => listed.push(toListed(one)));
  if (json) print(JSON.stringify(listed));
  else if (listed.length === 0) print('Nothing is waiting for approval.');
  else print(toTables(listed));
  if (unreadable > 0)
    process.stderr.write(`Not shown: ${unreadable}, sealed with a key that is not available here (UPDATE_USER_KEY).\n`);
  return 0;
}

type ListedApproval = ReturnType<typeof toListed>;

/** Names of fields but no values: only approvers who signed in see those. */
function toListed({ row, snapshot }: Approval) {
  return {
    id: row.id,
    state: row.state,
    provider: snapshot.provider,
    connection: snapshot.connection,
    user: { id: snapshot.userId, label: snapshot.label },
    fields: snapshot.changes.map(({ field }) => field),
    caller: snapshot.caller,
    /** The name the client gives itself: not verified. */
    client: snapshot.client ?? null,
    asked_at: row.createdAt,
    expires_at: new Date(row.expiresAt).toISOString(),
    approved_by: row.decisions.filter(isYes).map((one) => one.approver),
    needed: row.needed,
  };
}

function toTables(listed: readonly ListedApproval[]): string {
  const head = ['ID', 'WHERE', 'WHO', 'WHAT', 'ASKED BY', 'CLIENT SAYS', 'LEFT'];
  const tableOf = (state: string) => {
    const rows = listed.filter((one) => one.state === state).map(toRow);
    return rows.length === 0 ? [] : [toTable(head, rows, { uncut: [0, 6] })];
  };
  const approved = tableOf('approved').map((table) => `Approved, not used yet:\n${table}`);
  return [...tableOf('pending'), ...approved].join('\n\n');
}

function toRow({ id, connection, user, fields, caller, client, expires_at }: ListedApproval): string[] {
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

/** Collapses blanks, since two look like the end of a column, and says how much is left out. */
function toCell(text: string): string {
  const points = [...text.replaceAll(/\s+/g, ' ')];
  if (points.length <= MAX_CELL) return points.join('');
  return `${points.slice(0, MAX_CELL).join('')} (${points.length - MAX_CELL} more)`;
}

async function serve(app: App, portText: string): Promise<number> {
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > 65_535) throw new UsageError('--port: expected a number from 0 to 65535');
  const server = await startLoopbackServer(app, port);
  print(`Approvals: ${server.url} (Ctrl-C stops)`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
  return 0;
}
