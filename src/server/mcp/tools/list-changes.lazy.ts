import type { App } from '../../../app.ts';
import { searchChanges } from '../../../audit/search.ts';
import { bounds } from '../../../bounds.ts';
import type { ListedChange } from '../../../store/log/entry.ts';
import { parseArguments } from '../arguments.ts';
import type { Tool } from '../tool.ts';
import { toLines, toRow } from './listed-change.ts';
import type { listSchema } from './schemas.ts';

/** The handler of `list_changes`, loaded with the first call. */
export function createListHandler(app: App, schema: ReturnType<typeof listSchema>): Tool['handle'] {
  return async (args) => {
    const data = parseArguments(schema, args);
    const { provider, user_id, batch_id, outcome, since, limit = bounds.listRows, cursor } = data;
    const store = await app.store();
    const query = {
      withoutLookups: true,
      ...(provider !== undefined && { provider }),
      ...(user_id !== undefined && { userId: user_id }),
      ...(batch_id !== undefined && { batchId: batch_id }),
      ...(outcome !== undefined && { outcome }),
      ...(since !== undefined && { since: new Date(since).toISOString() }),
    };
    const page = await searchChanges(store, query, {
      limit,
      before: cursor === undefined ? undefined : Number(cursor),
    });
    const rows = page.changes;
    const { changes, lines } = pageOf(rows, { isShort: data.limit === undefined });
    const last = rows[changes.length - 1];
    const after = rows.length > changes.length ? last?.seq : page.next;
    const next = after === undefined ? undefined : String(after);
    const searched = page.searchedTo === undefined ? [] : [`Searched back to ${page.searchedTo}.`];
    const more = next === undefined ? [] : [...searched, `More with cursor ${next}.`];
    return {
      content: [{ type: 'text', text: [...lines, ...more].join('\n') || 'No changes.' }],
      structuredContent: { changes, ...(next !== undefined && { next_cursor: next }) },
      isError: false,
    };
  };
}

/** As many entries as fit, at least one, and tersely if that helps. A caller that gives no limit wants a short list. */
function pageOf(rows: readonly ListedChange[], { isShort }: { isShort: boolean }): Listing {
  const whole = fill(rows, { isShort, isTerse: false });
  return whole.changes.length === rows.length ? whole : fill(rows, { isShort, isTerse: true });
}

interface Listing {
  changes: unknown[];
  lines: string[];
}

/** `isShort` stops at the token limit; `isTerse` makes more entries fit. */
function fill(rows: readonly ListedChange[], { isShort, isTerse }: { isShort: boolean; isTerse: boolean }): Listing {
  const changes: unknown[] = [];
  const lines: string[] = [];
  let [tokens, bytes] = [0, 0];
  for (const [at, row] of rows.entries()) {
    const [change, text] = [toRow(row, rows[at - 1], { isTerse }), toLines(row, rows[at - 1], { isTerse })];
    const both = `${JSON.stringify(change)}\n${text.join('\n')}`;
    tokens += approximateTokens(both);
    bytes += Buffer.byteLength(JSON.stringify(both));
    const isFull = bytes > 0.9 * bounds.listResultBytes || (isShort && tokens > bounds.listTokens);
    if (isFull && changes.length > 0) break;
    changes.push(change);
    lines.push(...text);
  }
  return { changes, lines };
}

/**
 * Estimates how many tokens a model reads a text as, from what byte-pair vocabularies have in common: digits in threes,
 * runs of punctuation, whole words of up to eight Latin letters, any other letter by itself.
 */
function approximateTokens(text: string): number {
  return Math.ceil((text.match(TOKENS)?.length ?? 0) * 1.03);
}

const TOKENS = /\p{Script=Latin}{1,8}|\p{N}{1,3}|[^\p{L}\p{N}\s]{1,3}|\p{L}|\n/gu;
