import type { App } from '../../../app.ts';
import { bounds } from '../../../bounds.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { batchSchema } from '../../../update/request/batch-schema.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';

/** `update_users`: many changes at any mix of providers, with one question. */
export function defineUpdateUsersTool(app: App): Tool {
  const handler = lazy(async () => (await import('./update-users.lazy.ts')).createUpdateUsersHandler(app));
  return {
    name: 'update_users',
    title: 'Update several users',
    description:
      'Several changes with one question: a person everywhere, or many people. One change per user record; set and clear as in the update tool of its provider. all_or_nothing: if one cannot be made, none is. Never retry a refusal.',
    inputSchema: listedSchema(batchSchema(app.settings.connections)),
    // As for a single update.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    resultBytes: bounds.listResultBytes,
    handle: async (args, context) => await (await handler())(args, context),
  };
}
