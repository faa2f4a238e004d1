import { createHash } from 'node:crypto';

/** The schema, quoted, and its tables, each with the schema: the database may be shared with other programs. */
export type TableNames = Record<'schema' | Table, string> & { schemaName: string; lock: string };

type Table = (typeof tables)[number];
const tables = [
  'format',
  'batches',
  'entries',
  'head',
  'open_intents',
  'spent',
  'images',
  'approvals',
  'approvers',
  'guesses',
] as const;

export function toTableNames(schema: string): TableNames {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  const named = Object.fromEntries(tables.map((table) => [table, `${quoted}.${table}`])) as Record<Table, string>;
  const lock = createHash('sha256').update(`update-user-mcp/${schema}`).digest().readBigInt64BE().toString();
  return { ...named, schema: quoted, schemaName: schema, lock };
}
