import * as z from 'zod';
import { bounds } from '../../../bounds.ts';
import { OUTCOMES } from '../../../update/types.ts';

/** The arguments of `find_user`. `providers` are the ids of those that are connected. */
export function findSchema(providers: readonly string[]) {
  return z.strictObject({
    query: z.string().trim().min(1).max(bounds.queryCharacters),
    providers: z.array(z.enum(providers)).min(1).optional(),
    limit: z.int().min(1).max(50).optional(),
  });
}

/** The arguments of `list_changes`. */
export function listSchema(providers: readonly string[]) {
  return z.strictObject({
    provider: z.enum(providers).optional(),
    user_id: z.string().max(256).optional(),
    batch_id: z.string().max(64).optional(),
    outcome: z.enum(OUTCOMES).optional(),
    since: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], {
        error: 'expected a day (YYYY-MM-DD) or a date-time with its zone, such as 2026-01-31T09:00:00Z',
      })
      .meta({ listed: { type: 'string', format: 'date-time' } })
      .optional(),
    limit: z.int().min(1).max(100).optional(),
    cursor: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, 'expected the next_cursor of the page before')
      .meta({ listed: { type: 'string' } })
      .optional(),
  });
}

/** The ids of the connected providers. */
export function connectedIds(connections: readonly { provider: { id: string } }[]): string[] {
  return [...new Set(connections.map(({ provider }) => provider.id))];
}
