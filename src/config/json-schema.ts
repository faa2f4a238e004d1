import * as z from 'zod';
import { providers } from '../providers/index.ts';
import { configSchema } from './schema.ts';

/** The configuration file as JSON Schema, for editors: every connection with the settings of its own provider. */
export function editorSchema(): Record<string, unknown> {
  const connections = providers.map((provider) => {
    const settings = z.toJSONSchema(provider.settings, { io: 'input', unrepresentable: 'any' });
    const { $schema: _, ...own } = settings;
    const properties = {
      provider: { const: provider.id },
      clearable: { type: 'array', items: { enum: Object.keys(provider.fields) } },
      ...(own.properties as Record<string, unknown>),
    };
    const required = ['provider', ...((own.required as string[] | undefined) ?? [])];
    return { ...own, title: provider.title, properties: withReferences(properties), required };
  });
  const schema = z.toJSONSchema(configSchema(), { io: 'input', unrepresentable: 'any' });
  const properties = schema.properties as Record<string, unknown>;
  return {
    ...schema,
    title: 'update-user-mcp configuration',
    properties: { ...properties, connections: { type: 'object', additionalProperties: { anyOf: connections } } },
  };
}

/** Any string may be a reference such as `${env:NAME}`, which no pattern or format of a setting would let through. */
function withReferences(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const limited = typeof schema === 'object' && schema !== null && ('pattern' in schema || 'format' in schema);
      return [name, limited ? { anyOf: [schema, { type: 'string', pattern: '\\$\\{' }] } : schema];
    }),
  );
}
