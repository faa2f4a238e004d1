import type { Dialect } from '../sql/dialect.ts';
import { entryColumns, isNoEvent, selectEntry, selectHead, selectTrail } from '../sql/rows.ts';
import type { TableNames } from './dialect.ts';

export type LogStatements = ReturnType<typeof logStatements>;

/**
 * The statements about the audit log. Those that append take an entry as $1 to $12, in the order of `entryColumns`, and
 * the MAC and breaks of the new head as $13 and $14. Those that end a change also take the keys it is found by as $15,
 * a JSON list, and whether it is counted as $16.
 */
export function logStatements(tables: TableNames, dialect: Dialect) {
  const entries = selectEntry(dialect);
  const user = 'user_id = $1 AND provider = $2 AND connection = $3';
  const open = `SELECT ${entries} FROM ${tables.open_intents} o JOIN ${tables.entries} e ON e.seq = o.seq`;
  const append = `INSERT INTO ${tables.entries} (${entryColumns})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
  const setHead = `moved AS (UPDATE ${tables.head} SET seq = $1, hash = $12, mac = $13, breaks = $14)`;
  const index = `keyed AS (
      INSERT INTO ${tables.entry_keys} (key, seq) SELECT key, $1 FROM json_array_elements_text(CAST($15::text AS json)) AS keys (key)
    ), counted AS (
      INSERT INTO ${tables.activity} AS a (day, provider, outcome, count)
      SELECT left($4::text, 10), $7::text, $5::text, 1 WHERE $16::text = 'true'
      ON CONFLICT (day, provider, outcome) DO UPDATE SET count = a.count + 1
    )`;
  return {
    head: `SELECT ${selectHead(dialect)} FROM ${tables.head} h`,
    rows: `SELECT ${entries} FROM ${tables.entries} e WHERE seq > $1 ORDER BY seq LIMIT 200`,
    lastSeq: `SELECT seq FROM ${tables.entries} WHERE ${user} AND ${isNoEvent('kind')} ORDER BY seq DESC LIMIT 1`,
    /** Everything that decides on an intent: the user's newest entry that is not an attempt, the change, the nonce. */
    facts: `SELECT ${entries},
        EXISTS (SELECT 1 FROM ${tables.entries} WHERE change_id = $4 AND kind = 'opened') AS was_opened,
        EXISTS (SELECT 1 FROM ${tables.spent} WHERE id = $5) AS is_consumed
      FROM (SELECT) one LEFT JOIN LATERAL (
        SELECT ${entryColumns} FROM ${tables.entries} WHERE ${user} AND kind <> 'attempt' AND ${isNoEvent('kind')} ORDER BY seq DESC LIMIT 1
      ) e ON true`,
    appendAttempt: `WITH ${setHead}, ${index} ${append}`,
    appendOpened: `WITH ${setHead},
      opened AS (INSERT INTO ${tables.open_intents} (seq, change_id) VALUES ($1, $2)),
      image AS (
        INSERT INTO ${tables.images} (change_id, sealed, expires_at)
        SELECT $2, $15::bytea, $16::bigint WHERE $15::bytea IS NOT NULL
      ) ${append}`,
    appendClosed: `WITH ${setHead}, ${index},
      closed AS (DELETE FROM ${tables.open_intents} WHERE seq = $17),
      image AS (UPDATE ${tables.images} SET sealed = $18::bytea WHERE change_id = $2 AND $18::bytea IS NOT NULL) ${append}`,
    allOpen: `${open} ORDER BY o.seq`,
    findOpen: `${open} WHERE o.change_id = $1`,
    consume: `INSERT INTO ${tables.spent} (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING 1`,
    beforeImage: `SELECT ${dialect.selectBytes('i', 'sealed')} FROM ${tables.images} i WHERE change_id = $1 AND expires_at > $2`,
    trail: selectTrail(dialect, 'i.change_id = e.change_id', ['$1', '$2']),
    purgeBeforeImages: `DELETE FROM ${tables.images} WHERE expires_at <= $1`,
    purgeConsumed: `DELETE FROM ${tables.spent} WHERE expires_at <= $1`,
    purgeCommits: `DELETE FROM ${tables.batches} WHERE at <= $1`,
  };
}
