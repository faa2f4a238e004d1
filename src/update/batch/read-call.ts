import { AppError } from '../../errors.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import { failUnparsedCall } from '../audit/record.ts';
import type { Ports } from '../ports.ts';
import { type BatchParsing, changesIn, connectionOf, parseBatch } from '../request/batch-parse.ts';
import type { BatchCall } from './types.ts';

/** Known facts about a call before its arguments are parsed. */
export type BatchOrigin = Pick<BatchCall, 'caller' | 'canAsk' | 'signal' | 'until' | 'observer'>;

/**
 * Parses the arguments of `update_users`. Unusable ones fail the whole call before anything is sent: it throws one error
 * for all of them, and every change whose user record is known gets an audit entry.
 */
export async function readBatchCall(
  parsing: BatchParsing,
  args: unknown,
  origin: BatchOrigin,
  ports: Ports,
): Promise<BatchCall> {
  try {
    return { id: newChangeId(), tool: parsing.tool, ...parseBatch(parsing, args), ...origin };
  } catch (error) {
    if (error instanceof AppError) await recordFailed({ parsing, args, caller: origin.caller }, error, ports);
    throw error;
  }
}

/** Records that a call failed as a whole, for every change whose user record is known. */
export async function recordFailed(
  {
    parsing: { tool, connections },
    args,
    caller,
  }: { parsing: BatchParsing; args: unknown } & Pick<BatchCall, 'caller'>,
  error: AppError,
  ports: Ports,
): Promise<void> {
  const isPreview = isObject(args) && args['dry_run'] === true;
  for (const item of isPreview ? [] : changesIn(args)) {
    const connection = connectionOf(item, connections);
    const id = isObject(item) ? item['user_id'] : undefined;
    if (!connection || !connection.provider.userId.safeParse(id).success) continue;
    await failUnparsedCall({ tool, connection, caller, args: { user_id: id } }, error, ports);
  }
}
