import type { App } from '../../../app.ts';
import { bounds } from '../../../bounds.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';
import { connectedIds, listSchema } from './schemas.ts';

/** `list_changes`: the audit log, newest first, redacted as it is stored. */
export function defineListChangesTool(app: App): Tool {
  const schema = listSchema(connectedIds(app.settings.connections));
  const handler = lazy(async () => (await import('./list-changes.lazy.ts')).createListHandler(app, schema));
  return {
    name: 'list_changes',
    title: 'List changes',
    description:
      'List recorded changes and attempts, newest first, values masked. Gives the change_id undo_change needs.',
    inputSchema: listedSchema(schema),
    // Reads our own audit log only.
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    resultBytes: bounds.listResultBytes,
    handle: async (args, context) => await (await handler())(args, context),
  };
}
