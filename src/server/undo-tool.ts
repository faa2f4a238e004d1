import { AppError } from '../errors.ts';
import { once } from '../once.ts';
import type { Parts } from '../parts.ts';
import { undoRequest, undoSchema } from '../update/undo.ts';
import { failUndo } from '../update/undo-failure.ts';
import { update } from '../update/update.ts';
import { failed, invalidArguments } from './arguments.ts';
import { listedSchema } from './listing.ts';
import { converse, ticketCodec } from './questions.ts';
import { toToolAnswer } from './results.ts';
import type { Tool } from './tool.ts';

/** `undo_change`: the reverse of a recorded change, planned against the record as it is now, down the same road. */
export function defineUndoTool(parts: Parts): Tool {
  const codec = once(() => ticketCodec(parts));
  return {
    name: 'undo_change',
    title: 'Undo change',
    description:
      'Put back what one recorded change replaced. Asks and verifies like an update; what somebody changed since needs a yes of its own. Passwords cannot be put back.',
    inputSchema: listedSchema(undoSchema),
    // It replaces what is there now; the second call finds the record already put back.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    async handle(args, context) {
      const parsed = undoSchema.safeParse(args ?? {}, { reportInput: false });
      if (!parsed.success) return invalidArguments(parsed.error);
      const ports = await parts.ports();
      let undo: Awaited<ReturnType<typeof undoRequest>>;
      try {
        undo = await undoRequest('undo_change', parsed.data, parts.settings.connections, ports);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const target = { tool: 'undo_change', args: parsed.data, caller: context.caller };
        const result = await failUndo(target, error, ports);
        if (result) return toToolAnswer(result);
        parts.log.info({ ...target.caller, code: error.code }, 'no change of that id to undo');
        return failed(error);
      }
      const call = { ...undo, caller: context.caller, canAsk: context.canAsk, signal: context.mcp.mcpReq.signal };
      return await converse(context, await codec(), parts.settings.confirmation.answerWithinMs, (turn) =>
        update({ ...call, ...turn }, ports),
      );
    },
  };
}
