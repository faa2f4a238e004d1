import * as z from 'zod';
import { bounds } from '../../bounds.ts';
import { perObject } from '../../lib/per-object.ts';
import type { Field } from '../../providers/field.ts';
import type { Provider } from '../../providers/provider.ts';

export interface ArgumentOptions {
  /** Connection names, when the tool serves more than one. */
  connections?: readonly string[];
  /** The operator lets callers send secrets as arguments. */
  allowSecretInput: boolean;
}

/** The arguments of a provider's update tool: listed to clients, and used to parse calls. */
export function argumentsSchema(provider: Provider, options: ArgumentOptions) {
  const settable = Object.entries(provider.fields).filter(([, field]) => isSettable(field, options));
  const secrets = Object.keys(provider.fields).filter((name) => provider.fields[name]?.sensitivity === 'secret');
  const shape = {
    user_id: provider.userId,
    set: z
      .strictObject(Object.fromEntries(settable.map(([name, field]) => [name, field.schema.optional()])))
      .optional(),
    // Its paths are parsed in clear-paths.ts.
    clear: z.array(z.string().meta({ listed: clearListed(provider) })).optional(),
    ...(secrets.length > 0 && { ask_for: z.array(z.enum(secrets)).optional().describe('a person types these in') }),
    reason: z.string().max(bounds.reasonCharacters).optional(),
    dry_run: z.boolean().optional(),
    ...(options.connections && { connection: z.enum(options.connections) }),
    ...(provider.shape && { attributes: z.string().optional(), excluded_attributes: z.string().optional() }),
  };
  return z.strictObject(shape);
}

/** The names `clear` accepts, and the prefixes for the keys of free-form objects. */
export const clearableNames = perObject((provider: Provider): { names: string[]; prefixes: string[] } => {
  const fields = Object.entries(provider.fields);
  const names = fields.filter(([, field]) => field.clear).map(([name]) => name);
  const parts = fields.flatMap(([name, field]) =>
    field.merge?.clear ? (field.merge.keys ?? []).map((key) => `${name}.${key}`) : [],
  );
  const prefixes = fields.filter(([, field]) => field.merge?.clear && !field.merge.keys).map(([name]) => `${name}.`);
  return { names: [...names, ...parts], prefixes };
});

/** Whether a caller may send this field's value as an argument. */
export function isSettable(field: Field, options: ArgumentOptions): boolean {
  return field.sensitivity !== 'secret' || options.allowSecretInput;
}

/** The listed schema of an entry of `clear`; undefined if nothing can be emptied and the argument is not listed. */
export function clearListed(provider: Provider): Record<string, unknown> | undefined {
  const { names, prefixes } = clearableNames(provider);
  const keyOf = prefixes.map((prefix) => `^${prefix.replace('.', '\\.')}.+`);
  if (keyOf.length === 0) return names.length > 0 ? { type: 'string', enum: names } : undefined;
  return { type: 'string', pattern: [...names.map((name) => `^${name.replace('.', '\\.')}$`), ...keyOf].join('|') };
}
