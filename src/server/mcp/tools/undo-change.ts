import type { App } from '../../../app.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { undoSchema } from '../../../update/request/undo-schema.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';

/** `undo_change`: the reverse of a recorded change, planned against the record as it is now, down the same road. */
export function defineUndoChangeTool(app: App): Tool {
  const answer = lazy(async () => (await import('./undo-change.lazy.ts')).createUndoHandler(app));
  return {
    name: 'undo_change',
    title: 'Undo change',
    description:
      'Put back what one recorded change replaced. Asks and verifies like an update; what somebody changed since needs a yes of its own. Passwords cannot be put back.',
    inputSchema: listedSchema(undoSchema),
    // It replaces what is there now; the second call finds the record already put back.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    handle: async (args, context) => await (await answer())(args, context),
  };
}
