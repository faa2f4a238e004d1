import { type Approval, isBatch } from '../../approvals/approval.ts';
import { isYes } from '../../approvals/eligibility.ts';
import { type ApprovalService, createApprovalService } from '../../approvals/service.ts';
import { peopleIn } from '../../approvals/snapshot.ts';
import { stopSignal } from '../../lib/stop-signal.ts';
import { quoteNames } from '../../lib/text/quote.ts';
import { startMaintenance } from '../../maintenance.ts';
import { startLoopbackServer } from '../../server/approvals/loopback-server.ts';
import type { ApprovalCursor } from '../../store/approvals.ts';
import { peopleText } from '../../update/confirm/summary.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { withApprovals } from '../shared-approvals.ts';
import { toTable } from '../table.ts';

/** Characters of an id in a table; `approve` accepts them too. */
const SHORT_ID = 8;
const MAX_CELL = 120;
const MAX_NAMES = 10;

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

/** `approvals list`. */
export async function list({ values: { config, json } }: Called<{ config?: string; json?: boolean }>): Promise<number> {
  const listed: ListedApproval[] = [];
  const unreadable = await withApprovals(config, async (_, app) => {
    return await visitOpenApprovals(await createApprovalService(app), (one) => void listed.push(toListed(one)));
  });
  if (json) print(JSON.stringify(listed));
  else if (listed.length === 0) print('Nothing is waiting for approval.');
  else print(toTables(listed));
  if (unreadable > 0)
    process.stderr.write(`Not shown: ${unreadable}, sealed with a key that is not available here (UPDATE_USER_KEY).\n`);
  return 0;
}

type ListedApproval = ReturnType<typeof toListed>;

/** Names of fields but no values: only approvers who signed in see those. */
function toListed(approval: Approval) {
  const { row, snapshot } = approval;
  const people = peopleIn(snapshot);
  const fields = people.flatMap(({ changes }) => changes.map(({ field }) => field));
  return {
    id: row.id,
    state: row.state,
    provider: row.provider,
    connection: row.connection,
    /** Null for a batch. */
    user: isBatch(approval) ? null : { id: approval.snapshot.userId, label: approval.snapshot.label },
    people: people.length,
    batch_id: isBatch(approval) ? approval.snapshot.batch : null,
    fields: isBatch(approval) ? [...new Set(fields)] : fields,
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

function toRow({ id, connection, user, people, fields, caller, client, expires_at }: ListedApproval): string[] {
  const left = Math.max(0, Date.parse(expires_at) - Date.now());
  return [
    id.slice(0, SHORT_ID),
    toCell(connection),
    user === null ? peopleText(people) : toCell(user.label),
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

/** `approvals serve`. */
export async function serve({ values: { config, port } }: Called<{ config?: string; port: string }>): Promise<number> {
  return await withApprovals(config, async (_, app) => {
    const server = await startLoopbackServer(app, Number(port));
    const stopMaintenance = startMaintenance(app, 0);
    print(`Approvals: ${server.url} (Ctrl-C stops)`);
    await stopSignal();
    stopMaintenance();
    await server.close();
    return 0;
  });
}
