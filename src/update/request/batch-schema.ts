import * as z from 'zod';
import { bounds } from '../../bounds.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Connection } from '../types.ts';
import { type ArgumentOptions, argumentsSchema } from './schema.ts';

/** The arguments of `update_users`; its changes are parsed one by one. */
export const batchArguments = z.strictObject({
  changes: z.array(z.unknown()).min(1).max(bounds.batchChanges),
  reason: z.string().max(bounds.reasonCharacters).optional(),
  dry_run: z.boolean().optional(),
  all_or_nothing: z.boolean().optional(),
});

/**
 * The arguments of `update_users` as they are listed. `set` is open here, since its fields depend on the provider: each
 * change is held against `memberSchema` of its own when it arrives.
 */
export function batchSchema(connections: readonly Connection[]) {
  return batchArguments.extend({ changes: z.array(changeSchema(connections)).min(1).max(bounds.batchChanges) });
}

/** One change, as far as it does not depend on its provider. */
export function changeSchema(connections: readonly Connection[]) {
  return z.strictObject({
    provider: z.enum([...new Set(connections.map(({ provider }) => provider.id))]),
    connection: z.enum(connections.map(({ name }) => name)).optional(),
    user_id: z.string(),
    set: z
      .record(z.string(), z.unknown())
      .meta({ listed: { type: 'object' } })
      .optional(),
    clear: z.array(z.string()).optional(),
  });
}

/** One change, as its provider takes it. */
export function memberSchema(provider: Provider, { allowSecretInput }: ArgumentOptions) {
  const { user_id, set, clear } = argumentsSchema(provider, { allowSecretInput }).shape;
  return z.strictObject({ provider: z.string(), connection: z.string().optional(), user_id, set, clear });
}
