import type { AppError } from '../../errors.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import type { EntryBody, ListedChange } from '../../store/log/entry.ts';
import type { Ports } from '../ports.ts';
import { SECRET } from '../redact/mask.ts';
import type { UndoArguments } from '../request/undo-schema.ts';
import { nextAfter } from '../results/next-steps.ts';
import type { Caller, Result } from '../types.ts';

/** An undo that failed before it could be planned. */
interface UnplannedUndo {
  tool: string;
  caller: Caller;
  dryRun: boolean;
  approvalId?: string | undefined;
  batchId?: string;
}

/**
 * Ends an undo that failed before it could be planned, and records it under the user of the change it was about.
 * Undefined if no such change exists, since the audit log is kept by user.
 */
export async function failUndo(
  target: { tool: string; args: UndoArguments; caller: Caller; approvalId?: string | undefined },
  error: AppError,
  ports: Ports,
): Promise<Result | undefined> {
  const { args, ...undo } = target;
  const [change] = await ports.store.list({ changeId: args.change_id, limit: 1 });
  return change && (await failReverse(change, { ...undo, dryRun: args.dry_run ?? false }, error, ports));
}

/** The same for a change that was found. */
export async function failReverse(
  change: ListedChange,
  { tool, caller, dryRun, approvalId, batchId }: UnplannedUndo,
  error: AppError,
  ports: Ports,
): Promise<Result> {
  const { provider, connection, userId } = change;
  const result: Result = {
    kind: 'result',
    outcome: 'failed',
    provider,
    connection,
    user: { id: userId },
    changes: [],
    code: error.code,
    message: `${error.message} Nothing was changed.`,
    next: nextAfter(error),
  };
  if (dryRun) return result;
  const body: EntryBody = {
    tool,
    caller: caller.principal,
    ...(caller.client !== undefined && { client: caller.client }),
    undoes: change.changeId,
    ...(batchId !== undefined && { batchId }),
    ...(approvalId !== undefined && { approvalId }),
    ...(change.body.emailKeys && { emailKeys: change.body.emailKeys }),
    code: error.code,
    // Without values; a secret is marked, since it may not be empty.
    fields: change.body.fields.map(({ field, effect, after }) => {
      const value = after === SECRET ? SECRET : null;
      return { field, effect, before: value, after: value };
    }),
  };
  const changeId = newChangeId();
  try {
    await ports.store.attempt({ provider, connection, userId, changeId, outcome: 'failed', body });
  } catch (problem) {
    ports.log.error({ change: changeId, problem: String(problem) }, 'an attempt could not be recorded');
    return result;
  }
  return { ...result, change_id: changeId };
}
