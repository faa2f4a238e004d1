import { AppError, type ErrorCode } from '../../errors.ts';
import { errorFacts } from '../../lib/error-facts.ts';
import type { ApprovalRow } from '../../store/approvals.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import type { Ports } from '../../update/ports.ts';
import type { Connection, Result } from '../../update/types.ts';
import { approverOf } from '../identity.ts';
import { isBatchSnapshot, readSnapshot } from '../snapshot.ts';
import { attemptsOf } from './attempts.ts';
import { runUndoCall } from './request.ts';

/**
 * Carrying out what an approver asked for and another one agreed to. No agent calls again for it, so a server does: at
 * once after the decision, or later with its maintenance if the process that took the decision ended before. Opening the
 * entry consumes the approval in the same transaction, so two servers write at most once; the lease only keeps them from
 * doing the same work.
 */

const PAGE = 100;
const LEASE_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** Failures that may pass by themselves, or once the operator has corrected something. */
const PASSING: readonly ErrorCode[] = [
  'upstream_unavailable',
  'rate_limited',
  'record_changed',
  'credentials_rejected',
  'forbidden',
  'confirmation_unavailable',
  'internal',
];

/** Carries out every approved undo that is due. Runs with every maintenance, and never throws. */
export async function runApprovedUndos(connections: readonly Connection[], ports: Ports): Promise<void> {
  try {
    let rows: ApprovalRow[];
    let last: ApprovalRow | undefined;
    do {
      const after = last && { expiresAt: last.expiresAt, id: last.id };
      rows = await ports.store.approvals.listUnexpired({ state: 'approved', limit: PAGE, ...(after && { after }) });
      for (const row of rows) await runApprovedUndo(row, connections, ports);
      last = rows.at(-1);
    } while (rows.length === PAGE);
  } catch (error) {
    ports.log.error({ ...errorFacts(error) }, 'approved undos could not be carried out');
  }
}

/**
 * Carries out one approved undo. Undefined if this is none, if it is not due, or if another server has to do it: one with
 * the credentials of the connection. Never throws.
 */
export async function runApprovedUndo(
  row: ApprovalRow,
  connections: readonly Connection[],
  ports: Ports,
): Promise<Result | undefined> {
  const { id } = row;
  try {
    if (approverOf(row.caller) === undefined || row.state !== 'approved') return undefined;
    if (!connections.some(({ name, provider }) => name === row.connection && provider.id === row.provider))
      return undefined;
    const now = ports.clock.now();
    if (dueAt(row, await attemptsOf(row, ports.store)) > now || !(await takeLease(id, now, ports))) return undefined;
    const result = await callAgain(row, ports, connections);
    if (isOver(result)) await ports.store.approvals.withdraw(id);
    ports.log.info({ approval: id, change: result.change_id, outcome: result.outcome }, 'an approved undo was run');
    return result;
  } catch (error) {
    ports.log.error({ approval: id, ...errorFacts(error) }, 'an approved undo could not be carried out');
    return undefined;
  }
}

/**
 * When the next attempt is due: the wait doubles with each that failed since the last decision, by the audit log that all
 * servers share.
 */
function dueAt({ decisions }: ApprovalRow, attempts: readonly ListedChange[]): number {
  const decidedAt = decisions.at(-1)?.at ?? '';
  const failed = attempts.filter(({ at }) => at >= decidedAt);
  const [newest] = failed;
  if (!newest) return 0;
  return Date.parse(newest.at) + Math.min(LONGEST_WAIT_MS, LEASE_MS * 2 ** (failed.length - 1));
}

/**
 * One server at a time works on an approval, for the rest of this minute and the next. If it dies, another one continues
 * after that.
 */
async function takeLease(id: string, now: number, { store: { approvals } }: Ports): Promise<boolean> {
  const minute = Math.floor(now / LEASE_MS);
  const nonceOf = (at: number) => ({ id: `undo/${id}/${at}`, expiresAt: (at + 2) * LEASE_MS });
  if (await approvals.isConsumed(nonceOf(minute - 1).id)) return false;
  if (!(await approvals.consume(nonceOf(minute)))) return false;
  // Another server may have finished before the lease was taken.
  return (await approvals.get(id))?.state === 'approved';
}

async function callAgain(row: ApprovalRow, ports: Ports, connections: readonly Connection[]): Promise<Result> {
  const snapshot = readSnapshot(ports.seal.unseal(row.id, row.view));
  const { undoes, reason, identities = [] } = snapshot;
  if (undoes === undefined || isBatchSnapshot(snapshot))
    throw new AppError('internal', 'The request does not say what it undoes.');
  const args = { change_id: undoes, ...(reason !== undefined && { reason }) };
  const origin = { caller: { principal: row.caller, identities }, canAsk: false, approvalId: row.id };
  return await runUndoCall(args, connections, origin, ports);
}

/** Whether trying again would change nothing. A request that is pending again, or was used, is not withdrawn by this. */
function isOver({ outcome, code }: Result): boolean {
  if (outcome === 'failed') return code === undefined || !PASSING.includes(code);
  return outcome === 'unchanged' || outcome === 'denied';
}
