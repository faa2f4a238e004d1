import { AppError } from '../errors.ts';
import { once } from '../once.ts';
import type { Parts } from '../parts.ts';
import { undoRequest } from '../update/undo.ts';
import { undoSchema } from '../update/undo-arguments.ts';
import { failUndo } from '../update/undo-failure.ts';
import { update } from '../update/update.ts';
import { failed, parseArguments } from './arguments.ts';
import { converse, ticketCodec } from './questions.ts';
import { toToolAnswer } from './results.ts';
import type { Tool } from './tool.ts';

/** What answers the calls of `undo_change`. */
export function createUndoCall(parts: Parts): Tool['handle'] {
  const codec = once(() => ticketCodec(parts));
  return async (args, context) => {
    const { data, refusal } = parseArguments(undoSchema, args);
    if (refusal) return refusal;
    const ports = await parts.ports();
    let undo: Awaited<ReturnType<typeof undoRequest>>;
    try {
      undo = await undoRequest('undo_change', data, parts.settings.connections, ports);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const target = { tool: 'undo_change', args: data, caller: context.caller };
      const result = await failUndo(target, error, ports);
      if (result) return toToolAnswer(result);
      const { principal, client } = target.caller;
      parts.log.info({ principal, client, code: error.code }, 'no change of that id to undo');
      return failed(error);
    }
    const call = { ...undo, caller: context.caller, canAsk: context.canAsk, signal: context.mcp.mcpReq.signal };
    return await converse(context, await codec(), parts.settings.confirmation.answerWithinMs, (turn) =>
      update({ ...call, ...turn }, ports),
    );
  };
}
