import type { TableNames } from './names.ts';
import { asHex, entryColumns, headColumns } from './rows.ts';

export type LogStatements = ReturnType<typeof logStatements>;

/** The statements about the log. Those that append take an entry as $1 to $12, in the order of
 * `entryColumns`, and what vouches for it as the newest as $13 and $14. */
export function logStatements(names: TableNames) {
  const entries = entryColumns.replaceAll(/\w+/g, 'e.$&');
  const person = 'user_id = $1 AND provider = $2 AND connection = $3';
  const open = `SELECT ${entries} FROM ${names.open_intents} o JOIN ${names.entries} e ON e.seq = o.seq`;
  const append = `INSERT INTO ${names.entries} (${entryColumns})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
  const setHead = `moved AS (UPDATE ${names.head} SET seq = $1, hash = $12, mac = $13, breaks = $14)`;
  return {
    head: `SELECT ${headColumns} FROM ${names.head}`,
    rows: `SELECT ${entryColumns} FROM ${names.entries} WHERE seq > $1 ORDER BY seq LIMIT 200`,
    lastSeq: `SELECT seq FROM ${names.entries} WHERE ${person} ORDER BY seq DESC LIMIT 1`,
    /** All that decides on an intent: the person's newest row that is no attempt, the change, the yes. */
    facts: `SELECT ${entries},
        EXISTS (SELECT 1 FROM ${names.entries} WHERE change_id = $4 AND kind = 'opened') AS was_opened,
        EXISTS (SELECT 1 FROM ${names.spent} WHERE id = $5) AS is_spent
      FROM (SELECT) one LEFT JOIN LATERAL (
        SELECT ${entryColumns} FROM ${names.entries} WHERE ${person} AND kind <> 'attempt' ORDER BY seq DESC LIMIT 1
      ) e ON true`,
    appendAttempt: `WITH ${setHead} ${append}`,
    appendOpened: `WITH ${setHead},
      opened AS (INSERT INTO ${names.open_intents} (seq, change_id) VALUES ($1, $2)),
      image AS (
        INSERT INTO ${names.images} (change_id, sealed, expires_at)
        SELECT $2, $15::bytea, $16::bigint WHERE $15::bytea IS NOT NULL
      ) ${append}`,
    appendClosed: `WITH ${setHead},
      closed AS (DELETE FROM ${names.open_intents} WHERE seq = $15),
      image AS (UPDATE ${names.images} SET sealed = $16::bytea WHERE change_id = $2 AND $16::bytea IS NOT NULL) ${append}`,
    allOpen: `${open} ORDER BY o.seq`,
    findOpen: `${open} WHERE o.change_id = $1`,
    spend: `INSERT INTO ${names.spent} (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING 1`,
    image: `SELECT ${asHex('sealed')} FROM ${names.images} WHERE change_id = $1 AND expires_at > $2`,
    sweepImages: `DELETE FROM ${names.images} WHERE expires_at <= $1`,
    sweepSpent: `DELETE FROM ${names.spent} WHERE expires_at <= $1`,
    sweepBatches: `DELETE FROM ${names.batches} WHERE at <= $1`,
  };
}
