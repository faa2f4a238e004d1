import type { App } from '../../../app.ts';
import { AppError } from '../../../errors.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { undoSchema } from '../../../update/request/undo-schema.ts';
import { failUndo } from '../../../update/undo/failure.ts';
import { undoRequest } from '../../../update/undo/request.ts';
import { update } from '../../../update/update.ts';
import { converse, tokenCodec } from '../elicitation.ts';
import { failed, parseArguments } from '../invalid-arguments.ts';
import { toToolResult } from '../results.ts';
import type { Tool } from '../tool.ts';

/** What answers the calls of `undo_change`. */
export function createUndoHandler(app: App): Tool['handle'] {
  const codec = lazy(() => tokenCodec(app));
  return async (args, context) => {
    const { data, refusal } = parseArguments(undoSchema, args);
    if (refusal) return refusal;
    const ports = await app.ports();
    let undo: Awaited<ReturnType<typeof undoRequest>>;
    try {
      undo = await undoRequest('undo_change', data, app.settings.connections, ports);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const target = { tool: 'undo_change', args: data, caller: context.caller };
      const result = await failUndo(target, error, ports);
      if (result) return toToolResult(result);
      const { principal, client } = target.caller;
      app.log.info({ principal, client, code: error.code }, 'no change of that id to undo');
      return failed(error);
    }
    const call = { ...undo, caller: context.caller, canAsk: context.canAsk, signal: context.mcp.mcpReq.signal };
    return await converse(context, await codec(), app.settings.confirmation.answerWithinMs, (turn) =>
      update({ ...call, ...turn }, ports),
    );
  };
}
