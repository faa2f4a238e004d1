import { AppError } from '../errors.ts';
import { abandonCall, endCall } from './audit/record.ts';
import { failureFacts, type UpdateContext } from './context.ts';
import type { Result } from './types.ts';

/** Ends a call that failed. The context is the one of the failed step, so that the entry has the evidence of the consent. */
export async function fail(context: UpdateContext, error: unknown): Promise<Result> {
  const { call, ports } = context;
  // The failure is a consequence of the caller leaving.
  if (call.signal?.aborted) return await abandonCall(context);
  const result = await endCall(context, { kind: 'failed', error });
  const where = { change: result.change_id, tool: call.request.tool, connection: call.connection.name };
  ports.log.warn({ ...where, ...failureFacts(context, error) }, 'update failed');
  return result;
}

export function blocked(): AppError {
  return new AppError('record_changed', 'Other changes of this user were in progress the whole time.', {
    facts: { next: 'Call again. A change that was interrupted on another machine is recovered within three minutes.' },
  });
}
