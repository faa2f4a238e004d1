import type { App } from '../../../app.ts';
import { bounds } from '../../../bounds.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { undoSchema } from '../../../update/request/undo-schema.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';

/** `undo_change`: the reverse of a recorded change, planned against the current user record, in the same pipeline. */
export function defineUndoChangeTool(app: App): Tool {
  const handler = lazy(async () => (await import('./undo-change.lazy.ts')).createUndoHandler(app));
  return {
    name: 'undo_change',
    title: 'Undo change',
    description:
      'Put back what one recorded change, or all of a batch, replaced: give change_id or batch_id. Asks like an update; values changed since need their own yes. Passwords cannot be put back.',
    inputSchema: listedSchema(undoSchema),
    // Destructive: it replaces values. Idempotent: a second call finds the old values in place.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    resultBytes: bounds.listResultBytes,
    handle: async (args, context) => await (await handler())(args, context),
  };
}
