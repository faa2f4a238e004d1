import type { Ports } from '../../update/ports.ts';
import { readUndoCall } from '../../update/read-call.ts';
import type { Connection, Result } from '../../update/types.ts';
import { update } from '../../update/update.ts';
import { namesOf } from '../eligibility.ts';
import { approverPrincipal } from '../identity.ts';

/** The tool of such a call in the audit log: the same as of the command. */
export const UNDO_TOOL = 'undo';

/** What an approver asks to have undone, and why. */
export interface UndoWish {
  approver: string;
  changeId: string;
  reason?: string;
}

/**
 * Asks for the undo of a change in an approver's name, through the same pipeline as every change. It ends with a request
 * that a different approver decides, or with the pipeline's answer why there is none; nothing is written here. Throws an
 * AppError if there is no such change.
 */
export async function requestUndo(
  { approver, changeId, reason }: UndoWish,
  connections: readonly Connection[],
  ports: Ports,
): Promise<Result> {
  const registered = (await ports.approval.approvers()).find(({ name }) => name === approver);
  const origin = {
    caller: {
      principal: approverPrincipal(approver),
      identities: registered ? namesOf(registered) : [approver],
    },
    canAsk: false,
  };
  const args = { change_id: changeId, ...(reason !== undefined && { reason }) };
  return await runUndoCall(args, connections, origin, ports);
}

/** Plans the undo against the user record as it is now, and carries it out if it is approved. */
export async function runUndoCall(
  args: Parameters<typeof readUndoCall>[1],
  connections: readonly Connection[],
  origin: Parameters<typeof readUndoCall>[3],
  ports: Ports,
): Promise<Result> {
  const { call, failed } = await readUndoCall(UNDO_TOOL, args, connections, origin, ports);
  if (failed) return failed;
  const reply = await update(call, ports);
  if (reply.kind === 'ask') throw new Error('a call that cannot ask was asked');
  return reply;
}
