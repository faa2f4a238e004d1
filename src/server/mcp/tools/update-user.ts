import type { App } from '../../../app.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import type { Provider } from '../../../providers/provider.ts';
import { type ArgumentOptions, argumentsSchema } from '../../../update/request/schema.ts';
import type { Connection } from '../../../update/types.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';

/**
 * The update tool of one provider, derived from its definition. `connections` are this provider's. What answers calls is
 * loaded with the first one: it is most of this program, and not needed to list the tools.
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
  const answer = lazy(async () => {
    const { createUpdateHandler } = await import('./update-user.lazy.ts');
    return createUpdateHandler({ name, connections, options, schemaOf }, app);
  });
  const widest = withEveryClear(connections);
  return {
    name,
    title: `Update ${provider.title} user`,
    description: describe(provider),
    inputSchema: listedSchema(schemaOf(widest), widest),
    // Destructive: it replaces what was there. Idempotent: the second call finds the record as wanted. Open world: the
    // record belongs to a service others write to as well.
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    recordsUnreadable: true,
    handle: async (args, context) => await (await answer())(args, context),
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

/**
 * The definition as it is listed: the connections' own, since the operator may have moved fields to another class. What
 * any of them lets one clear is listed; which of them does is checked when arguments are parsed.
 */
function withEveryClear([first, ...others]: readonly [Connection, ...Connection[]]): Provider {
  if (others.length === 0) return first.provider;
  const fields = Object.entries(first.provider.fields).map(([name, field]) => {
    const variants = [field, ...others.flatMap((connection) => connection.provider.fields[name] ?? [])];
    return [name, variants.find(({ clear }) => clear) ?? field] as const;
  });
  return { ...first.provider, fields: Object.fromEntries(fields) };
}
