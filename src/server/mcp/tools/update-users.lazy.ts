import type { App } from '../../../app.ts';
import { AppError } from '../../../errors.ts';
import { readBatchCall, recordFailed } from '../../../update/batch/read-call.ts';
import { updateMany } from '../../../update/batch/update-many.ts';
import { type BatchRound, batchOriginOf, createRunBatch } from '../run-batch.ts';
import type { Tool } from '../tool.ts';

/** The handler of `update_users`. Loaded with the first call, since it imports the whole update pipeline. */
export function createUpdateUsersHandler(app: App): Tool['handle'] {
  const runBatch = createRunBatch(app);
  const { connections, policy } = app.settings;
  const parsing = { tool: 'update_users', connections, allowSecretInput: policy.allowSecretInput };
  return async (args, context) => {
    const ports = await app.ports();
    const batch = await readBatchCall(parsing, args, batchOriginOf(context), ports);
    const run = async (round: BatchRound) => {
      try {
        return await updateMany({ ...batch, ...round }, ports);
      } catch (error) {
        // Two changes turned out to be of the same user record.
        if (error instanceof AppError) await recordFailed({ parsing, args, caller: batch.caller }, error, ports);
        throw error;
      }
    };
    return await runBatch(batch, run, context);
  };
}
