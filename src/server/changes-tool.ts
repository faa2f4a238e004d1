import * as z from 'zod';
import type { Parts } from '../parts.ts';
import type { ListedChange } from '../store/store.ts';
import { quote } from '../update/question.ts';
import { invalidArguments } from './arguments.ts';
import { listedSchema } from './listing.ts';
import { OUTCOMES, toPlain } from './results.ts';
import type { Tool } from './tool.ts';

/** `list_changes`: the change log, redacted as it is stored, newest first. */
export function defineChangesTool(parts: Parts): Tool {
  const ids = [...new Set(parts.settings.connections.map((connection) => connection.provider.id))];
  const schema = z.strictObject({
    provider: z.enum(ids).optional(),
    user_id: z.string().max(256).optional(),
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
  return {
    name: 'list_changes',
    title: 'List changes',
    description:
      'List recorded changes and attempts, newest first, values masked. Gives the change_id undo_change needs.',
    inputSchema: listedSchema(schema),
    // Reads our own record only.
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    async handle(args) {
      const parsed = schema.safeParse(args ?? {}, { reportInput: false });
      if (!parsed.success) return invalidArguments(parsed.error);
      const { provider, user_id, outcome, since, limit = 20, cursor } = parsed.data;
      const store = await parts.store();
      const rows = await store.list({
        limit: limit + 1,
        ...(provider !== undefined && { provider }),
        ...(user_id !== undefined && { userId: user_id }),
        ...(outcome !== undefined && { outcome }),
        ...(since !== undefined && { since: new Date(since).toISOString() }),
        ...(cursor !== undefined && { before: Number(cursor) }),
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const next = rows.length > limit && last ? String(last.seq) : undefined;
      return {
        content: [
          {
            type: 'text',
            text: [...page.map(toLine), ...(next ? [`More with cursor ${next}.`] : [])].join('\n') || 'No changes.',
          },
        ],
        structuredContent: toPlain({ changes: page.map(toListed), ...(next && { next_cursor: next }) }) as Record<
          string,
          unknown
        >,
        isError: false,
      };
    },
  };
}

/** A row as callers see it: the contract's names, nothing that is only the chain's business. */
export function toListed(row: ListedChange): Record<string, unknown> {
  const { body } = row;
  return {
    change_id: row.changeId,
    at: row.at,
    outcome: row.outcome,
    ...(row.open && { open: true }),
    provider: row.provider,
    connection: row.connection,
    user_id: row.userId,
    tool: body.tool,
    caller: body.caller,
    client: body.client,
    reason: body.reason,
    changes: body.fields.map(({ field, before, after }) => ({ field, before, after })),
    stripped: body.stripped,
    collateral: body.collateral?.map(({ field, before, after }) => ({ field, before, after })),
    code: body.code,
    note: body.message,
    approved_by: body.approvedBy,
    declined_by: body.declinedBy,
    undoes: body.undoes,
  };
}

function toLine(row: ListedChange): string {
  const fields = row.body.fields.map(({ field, before, after }) => `${field}: ${quote(before)} → ${quote(after)}`);
  const what = fields.join('; ') || row.body.code || '';
  return `${row.at} ${row.outcome}${row.open ? ' (open)' : ''} ${row.provider} user ${quote(row.userId)} ${what} [${row.changeId}]`;
}
