import type { App } from '../../../app.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { withFieldsOf } from '../../../providers/interpret/union.ts';
import type { Provider } from '../../../providers/provider.ts';
import { type ArgumentOptions, argumentsSchema } from '../../../update/request/schema.ts';
import type { Connection } from '../../../update/types.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';

/**
 * The update tool of one provider, derived from the provider's definition. `connections` are those of this provider. The
 * handler is loaded with the first call: it is most of this program, and listing tools does not need it.
 */
export function defineUpdateUserTool(
  provider: Provider,
  connections: readonly [Connection, ...Connection[]],
  app: App,
): Tool {
  const name = `${provider.id}_update_user`;
  const names = connections.map((connection) => connection.name);
  const options: ArgumentOptions = {
    allowSecretInput: app.settings.policy.allowSecretInput,
    ...(names.length > 1 && { connections: names }),
  };
  const schemas = new Map<Provider, ReturnType<typeof argumentsSchema>>();
  const schemaOf = (definition: Provider) => {
    const schema = schemas.get(definition) ?? argumentsSchema(definition, options);
    schemas.set(definition, schema);
    return schema;
  };
  const handler = lazy(async () => {
    const { createUpdateHandler } = await import('./update-user.lazy.ts');
    return createUpdateHandler({ name, connections, options, schemaOf }, app);
  });
  const widest = withFieldsOf(
    provider,
    connections.map((connection) => connection.provider),
  );
  return {
    name,
    title: `Update ${provider.title} user`,
    description: describe(provider),
    inputSchema: listedSchema(schemaOf(widest), widest),
    // Destructive: it replaces values. Idempotent: a second call finds the target values in place. Open world: others
    // write to the user record as well.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    recordsUnreadable: true,
    handle: async (args, context) => await (await handler())(args, context),
  };
}

function describe(provider: Provider): string {
  return [
    `Change an existing ${provider.title} user; cannot create one. Only what set and clear name changes.`,
    'A person may be asked, with your reason; never retry a refusal.',
    provider.hint,
    `Example: set ${JSON.stringify(provider.example.set)}`,
  ].join(' ');
}
