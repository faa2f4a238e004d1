import type { App } from '../../../app.ts';
import { AppError } from '../../../errors.ts';
import { readBatchUndo, undoBatch } from '../../../update/batch/undo.ts';
import { readUndoCall } from '../../../update/read-call.ts';
import { undoSchema } from '../../../update/request/undo-schema.ts';
import { parseArguments } from '../arguments.ts';
import { originOf } from '../elicitation.ts';
import { limitResultSize } from '../result-size.ts';
import { toToolResult } from '../results.ts';
import { batchOriginOf, createRunBatch } from '../run-batch.ts';
import { createRunUpdate } from '../run-update.ts';
import type { Tool } from '../tool.ts';

const TOOL = 'undo_change';

/** The handler of `undo_change`. Loaded with the first call, since it imports the whole update pipeline. */
export function createUndoHandler(app: App): Tool['handle'] {
  const runUpdate = createRunUpdate(app);
  const runBatch = createRunBatch(app);
  return async (args, context) => {
    const { change_id, batch_id, ...given } = parseArguments(undoSchema, args);
    const { connections } = app.settings;
    if (batch_id !== undefined && change_id === undefined) {
      const ports = await app.ports();
      const origin = { tool: TOOL, ...batchOriginOf(context) };
      const undo = await readBatchUndo({ ...given, batch_id }, origin, connections, ports);
      return await runBatch(undo.batch, async (round) => await undoBatch(undo, ports, round), context);
    }
    if (change_id === undefined || batch_id !== undefined) throw notOneId(change_id);
    const undo = { ...given, change_id };
    const { call, failed } = await readUndoCall(TOOL, undo, connections, originOf(context), await app.ports());
    // The tool's own limit is that of a batch.
    return limitResultSize(failed ? toToolResult(failed) : await runUpdate(call, context));
  };
}

function notOneId(changeId: string | undefined): AppError {
  const fault =
    changeId === undefined
      ? 'change_id: is required (string), or batch_id for all changes of a batch'
      : 'batch_id: cannot be combined with change_id; give one of them';
  return new AppError('invalid_input', fault);
}
