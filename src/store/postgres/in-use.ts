import type { Link } from './connection.ts';

/** What the server lists the connections of the first version under, whatever their schema. */
const FIRST = 'update-user-mcp';

/** What the server lists our connections under: which format of the store, and which store. */
export function toApplicationName(format: number, schema: string): string {
  // PostgreSQL cuts after 63 bytes, and turns what is not ASCII into question marks.
  return `${FIRST}/${format}/${encodeURIComponent(schema)}`.slice(0, 63);
}

/**
 * Whether a connection of an earlier version is open to this store. A server keeps the one it writes over, and writes once
 * a minute. Not seen: one behind a pooler that changes names; its writes fail, see `keepEarlierOut`.
 */
export async function isUsedByEarlier(query: Link['query'], format: number, schema: string): Promise<boolean> {
  const earlier = [FIRST, ...Array.from({ length: format - 1 }, (_, i) => toApplicationName(i + 1, schema))];
  const [found] = await query(
    `SELECT 1 AS found FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND application_name IN (${earlier.map((_, i) => `$${i + 1}`).join(', ')}) LIMIT 1`,
    earlier,
  );
  return found !== undefined;
}
