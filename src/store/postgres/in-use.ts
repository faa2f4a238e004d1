import type { Link } from './connection.ts';

/** The name under which the server lists connections of the first version, whatever their schema. */
const FIRST = 'update-user-mcp';

/** The name under which the server lists our connections: the format of the store, and which store. */
export function toApplicationName(format: number, schema: string): string {
  // PostgreSQL truncates after 63 bytes and replaces non-ASCII characters with question marks.
  return `${FIRST}/${format}/${encodeURIComponent(schema)}`.slice(0, 63);
}

/**
 * Whether a connection of an earlier version to this store is open. A server keeps its write connection open and writes
 * once a minute. Does not detect connections behind a pooler that changes names; their writes fail, see
 * `keepEarlierOut`.
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
