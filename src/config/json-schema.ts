import * as z from 'zod';
import type { Provider } from '../providers/provider.ts';
import { DEFAULTS } from './defaults.ts';
import { shippedProviders } from './providers/shipped.ts';
import { configSchema } from './schema.ts';

/** The parts of a JSON Schema that the settings use. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string;
  format?: string;
  pattern?: string;
  const?: unknown;
  enum?: readonly unknown[];
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  not?: JsonSchema;
}

/** The configuration file as JSON Schema, for editors: every connection has the settings of its own provider. */
export function editorSchema(): JsonSchema {
  const schema = fileSchema();
  const { additionalProperties: _, ...connections } = schema.properties?.['connections'] ?? {};
  const anyOf = [...shippedProviders.map(connectionSchema), declaredConnection()];
  return {
    ...schema,
    title: 'update-user-mcp configuration',
    properties: { ...schema.properties, connections: { ...connections, additionalProperties: { anyOf } } },
  };
}

/** The configuration file as JSON Schema with defaults; a connection is any object that names its provider. */
export function fileSchema(): JsonSchema {
  return withDefaults(toJsonSchema(configSchema()), DEFAULTS);
}

/** The settings of one provider as JSON Schema. */
export function settingsSchema({ settings }: Provider): JsonSchema {
  return toJsonSchema(settings);
}

function connectionSchema(provider: Provider): JsonSchema {
  const { $schema: _, ...settings }: JsonSchema & { $schema?: string } = settingsSchema(provider);
  const properties = {
    provider: { const: provider.id },
    clearable: {
      description: 'Fields that `null` empties, although the vendor does not document it.',
      type: 'array',
      items: { enum: Object.keys(provider.fields) },
    },
    ...settings.properties,
  };
  const required = ['provider', ...(settings.required ?? [])];
  return { ...settings, title: provider.title, properties: withReferences(properties), required };
}

/** A connection of a provider from a file: only the file says which settings it has. */
function declaredConnection(): JsonSchema {
  const provider = {
    description: 'The id of a provider that `providers` names.',
    type: 'string',
    not: { enum: shippedProviders.map(({ id }) => id) },
  };
  return { title: 'Provider of a file or preset', type: 'object', properties: { provider }, required: ['provider'] };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema; // the settings use no other keywords
}

function withDefaults(schema: JsonSchema, defaults: unknown): JsonSchema {
  if (defaults === undefined) return schema;
  if (!schema.properties) return { ...schema, default: defaults };
  const of = defaults as Readonly<Record<string, unknown>>; // defaults have the shape of the file
  const properties = Object.entries(schema.properties).map(
    ([key, part]) => [key, withDefaults(part, of[key])] as const,
  );
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Any text may be a reference such as `${env:NAME}`, which would not match the pattern or format of a setting. */
function withReferences(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const entries = Object.entries(properties).map(([name, schema]) => {
    if (schema.pattern === undefined && schema.format === undefined) return [name, schema] as const;
    const { description, ...limited } = schema;
    const anyOf = [limited, { type: 'string', pattern: '\\$\\{' }];
    return [name, { ...(description !== undefined && { description }), anyOf }] as const;
  });
  return Object.fromEntries(entries);
}
