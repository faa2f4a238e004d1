import type { App } from '../../../app.ts';
import { bounds } from '../../../bounds.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';
import { connectedIds, findSchema } from './schemas.ts';

/** `find_user`: one query, every connection at once. */
export function defineFindUserTool(app: App): Tool {
  const schema = findSchema(connectedIds(app.settings.connections));
  const handler = lazy(async () => (await import('./find-user.lazy.ts')).createFindHandler(app, schema));
  return {
    name: 'find_user',
    title: 'Find user',
    description:
      'Find a person by e-mail, name or id at every connected service at once. Returns the user_id and connection an update tool needs. Several people may match: ask which one is meant.',
    inputSchema: listedSchema(schema),
    // Read only. The same query may find other people tomorrow, but asking changes nothing.
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    resultBytes: bounds.listResultBytes,
    handle: async (args, context) => await (await handler())(args, context),
  };
}
