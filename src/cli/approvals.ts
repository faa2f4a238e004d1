import { deskOf, type Waiting } from '../approvals/desk.ts';
import { loadSettings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { buildParts, type Parts } from '../parts.ts';
import { listenOnLoopback } from '../server/approvals/listen.ts';
import { sharedApprovals } from './approver.ts';
import { print, readOptions } from './options.ts';
import { toTable } from './table.ts';

const HELP = `Usage: update-user-mcp approvals list | serve [--port PORT]
What waits for a person, and the page to decide on it.

  list    what is pending, newest first; \`update-user-mcp approve ID\` and \`reject ID\` decide
  serve   the approval page on 127.0.0.1, until stopped; any free port unless one is given

Options: --config FILE, --json`;

/** As many characters of an id as a table shows; `approve` takes them too. */
const SHORT_ID = 8;

export async function run(args: string[]): Promise<number> {
  const parsed = readOptions(args, HELP, { port: { type: 'string', default: '0' } }, 1);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  const parts = buildParts(loadSettings(process.env, values.config));
  try {
    await sharedApprovals(parts);
    switch (positionals[0]) {
      case 'list':
        return await list(parts, values.json ?? false);
      case 'serve':
        return await serve(parts, values.port);
      default:
        throw new UsageError(`approvals ${positionals[0]}: expected list or serve`);
    }
  } finally {
    await parts.stop();
  }
}

async function list(parts: Parts, json: boolean): Promise<number> {
  const { waiting, unreadable } = await (await deskOf(parts)).waiting(1000);
  if (json) print(JSON.stringify(waiting.map(toListed)));
  else if (waiting.length === 0) print('Nothing waits for approval.');
  else print(toTable(['ID', 'WHERE', 'WHO', 'WHAT', 'ASKED BY', 'LEFT'], waiting.map(toRow)));
  if (unreadable > 0) process.stderr.write(`Not shown: ${unreadable}, sealed with a key that is not at hand.\n`);
  return 0;
}

/** Names of fields, no values: those are for an approver who has signed in. */
function toListed({ row, view }: Waiting) {
  return {
    id: row.id,
    provider: view.provider,
    connection: view.connection,
    user: { id: view.userId, label: view.label },
    fields: view.fields.map(({ field }) => field),
    caller: view.caller,
    client: view.client ?? null,
    asked_at: row.createdAt,
    expires_at: new Date(row.expiresAt).toISOString(),
    approved_by: row.decisions.map(({ approver }) => approver),
    needed: row.needed,
  };
}

function toRow({ row, view }: Waiting): string[] {
  const left = Math.max(0, row.expiresAt - Date.now());
  return [
    row.id.slice(0, SHORT_ID),
    view.connection,
    view.label,
    view.fields.map(({ field }) => field).join(', '),
    view.client ?? view.caller,
    left >= 3_600_000 ? `${Math.floor(left / 3_600_000)} h` : `${Math.ceil(left / 60_000)} min`,
  ];
}

async function serve(parts: Parts, wanted: string): Promise<number> {
  const port = Number(wanted);
  if (!/^\d+$/.test(wanted) || port > 65_535) throw new UsageError('--port: expected a number from 0 to 65535');
  const listener = await listenOnLoopback(parts, port);
  print(`Approvals: ${listener.url} (Ctrl-C stops)`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await listener.close();
  return 0;
}
