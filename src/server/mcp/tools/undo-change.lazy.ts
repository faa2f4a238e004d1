import type { App } from '../../../app.ts';
import { readUndoCall } from '../../../update/read-call.ts';
import { undoSchema } from '../../../update/request/undo-schema.ts';
import { parseArguments } from '../arguments.ts';
import { createRunUpdate, originOf } from '../elicitation.ts';
import { toToolResult } from '../results.ts';
import type { Tool } from '../tool.ts';

/** The handler of `undo_change`. Loaded with the first call, since it imports the whole update pipeline. */
export function createUndoHandler(app: App): Tool['handle'] {
  const runUpdate = createRunUpdate(app);
  return async (args, context) => {
    const data = parseArguments(undoSchema, args);
    const { connections } = app.settings;
    const { call, failed } = await readUndoCall('undo_change', data, connections, originOf(context), await app.ports());
    return failed ? toToolResult(failed) : await runUpdate(call, context);
  };
}
