import * as z from 'zod';
import type { App } from '../../../app.ts';
import { bounds } from '../../../bounds.ts';
import { LOOKED_UP } from '../../../find/tally.ts';
import type { ChangeFilter, ListedChange, Store } from '../../../store/store.ts';
import { OUTCOMES } from '../../../update/types.ts';
import { parseArguments } from '../invalid-arguments.ts';
import { listedSchema } from '../listed-schema.ts';
import type { Tool } from '../tool.ts';
import { toLines, toRow } from './listed-change.ts';
import { approximateTokens } from './token-count.ts';

/** `list_changes`: the change log, redacted as it is stored, newest first. */
export function defineListChangesTool(app: App): Tool {
  const ids = [...new Set(app.settings.connections.map((connection) => connection.provider.id))];
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
    answerBytes: bounds.listAnswerBytes,
    async handle(args) {
      const { data, refusal } = parseArguments(schema, args);
      if (refusal) return refusal;
      const { provider, user_id, outcome, since, limit = bounds.listRows, cursor } = data;
      const store = await app.store();
      const rows = await changesIn(store, {
        limit: limit + 1,
        ...(provider !== undefined && { provider }),
        ...(user_id !== undefined && { userId: user_id }),
        ...(outcome !== undefined && { outcome }),
        ...(since !== undefined && { since: new Date(since).toISOString() }),
        ...(cursor !== undefined && { before: Number(cursor) }),
      });
      const { changes, lines } = pageOf(rows.slice(0, limit), data.limit === undefined);
      const last = rows[changes.length - 1];
      const next = rows.length > changes.length && last ? String(last.seq) : undefined;
      const more = next === undefined ? [] : [`More with cursor ${next}.`];
      return {
        content: [{ type: 'text', text: [...lines, ...more].join('\n') || 'No changes.' }],
        structuredContent: { changes, ...(next !== undefined && { next_cursor: next }) },
        isError: false,
      };
    },
  };
}

/** Entries that count look-ups are in the audit log too, for those who look into it by command: they are no changes. */
async function changesIn(store: Store, filter: ChangeFilter): Promise<ListedChange[]> {
  const found: ListedChange[] = [];
  for (let { before } = filter; ; ) {
    const limit = filter.limit - found.length;
    const rows = await store.list({ ...filter, limit, ...(before !== undefined && { before }) });
    found.push(...rows.filter(({ outcome }) => outcome !== LOOKED_UP));
    before = rows.at(-1)?.seq;
    if (rows.length < limit || found.length >= filter.limit) return found;
  }
}

/** As many entries as fit: nobody who gave no limit asked for a long answer. At least one; tersely where that helps. */
function pageOf(rows: readonly ListedChange[], isShort: boolean): Page {
  const whole = fill(rows, isShort, false);
  return whole.changes.length === rows.length ? whole : fill(rows, isShort, true);
}

interface Page {
  changes: unknown[];
  lines: string[];
}

function fill(rows: readonly ListedChange[], isShort: boolean, isTerse: boolean): Page {
  const changes: unknown[] = [];
  const lines: string[] = [];
  let [tokens, bytes] = [0, 0];
  for (const [at, row] of rows.entries()) {
    const [change, text] = [toRow(row, rows[at - 1], isTerse), toLines(row, rows[at - 1], isTerse)];
    const both = `${JSON.stringify(change)}\n${text.join('\n')}`;
    tokens += approximateTokens(both);
    bytes += Buffer.byteLength(JSON.stringify(both));
    const isFull = bytes > 0.9 * bounds.listAnswerBytes || (isShort && tokens > bounds.listTokens);
    if (isFull && changes.length > 0) break;
    changes.push(change);
    lines.push(...text);
  }
  return { changes, lines };
}

/** An entry as scripts see it, whole: the contract's names, nothing that is only the chain's business. */
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
