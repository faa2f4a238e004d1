import {
  type BatchClaim,
  type Batches,
  type ClaimRules,
  type OpenBatch,
  type StoredBatch,
  UNCLAIMED,
} from '../batches.ts';
import { storable } from '../storable.ts';
import type { SqlAccess, SqlApprovals } from './approvals.ts';
import { type Dialect, type Procedure, query, type Row } from './dialect.ts';

/** The batches of a database. */
export function createSqlBatches(
  dialect: Dialect,
  { read, write, now }: SqlAccess,
  approvals: Pick<SqlApprovals, 'isUsable' | 'use'>,
  claims: ClaimRules,
): { batches: Batches; purge(time: number): Procedure<void> } {
  const sql = batchStatements(dialect);

  function* remove(id: string): Procedure<void> {
    yield* query(sql.removeParts, [id]);
    yield* query(sql.remove, [id]);
  }

  function* put({ id, expiresAt, header, parts }: StoredBatch, claim: BatchClaim): Procedure<void> {
    yield* remove(storable(id));
    // The columns hold whole milliseconds only.
    yield* query(sql.add, [storable(id), Math.ceil(expiresAt), header, claim.holder, Math.floor(claim.heldAt)]);
    for (const [number, sealed] of parts.entries()) yield* query(sql.addPart, [storable(id), number, sealed]);
  }

  const toClaim = (row: Row): BatchClaim => {
    return { holder: dialect.toText(row['holder']), heldAt: Number(row['held_at']) };
  };

  function* setClaim(id: string, { holder, heldAt }: BatchClaim): Procedure<void> {
    yield* query(sql.setClaim, [storable(id), holder, Math.floor(heldAt)]);
  }

  /** Changes nothing if a part of the yes is no longer usable. */
  function* consume({ batch, nonce, approval }: OpenBatch): Procedure<boolean> {
    if (approval !== undefined && !(yield* approvals.isUsable(approval))) return false;
    const used = nonce && (yield* query(sql.consume, [storable(nonce.id), Math.ceil(nonce.expiresAt)]));
    if (used?.length === 0) return false;
    if (approval !== undefined) yield* approvals.use(approval, batch.id);
    return true;
  }

  return {
    batches: {
      put: (batch) => write(() => put(batch, UNCLAIMED)),
      open: (request) =>
        write(function* (append) {
          if (!(yield* consume(request))) return 'consumed';
          yield* put(request.batch, claims.claimed());
          yield* append('batch', request.entry);
          return 'opened';
        }),
      claim: (id) =>
        write(function* () {
          const [row] = yield* query(sql.claimOf, [storable(id), now()]);
          if (!row || !claims.isFree(toClaim(row))) return false;
          yield* setClaim(id, claims.claimed());
          return true;
        }),
      async get(id) {
        const [row] = await read(sql.get, [storable(id), now()]);
        return (
          row && {
            expiresAt: Number(row['expires_at']),
            header: dialect.toBytes(row['header']),
            parts: Number(row['parts']),
          }
        );
      },
      async part(id, index) {
        const [row] = await read(sql.part, [storable(id), index, now()]);
        return row && dialect.toBytes(row['sealed']);
      },
      finish: (id, entry, stored) =>
        write(function* (append) {
          if ((yield* query(sql.isStored, [storable(id), now()])).length === 0) return false;
          if (stored === 'drop') yield* remove(storable(id));
          else yield* setClaim(id, UNCLAIMED);
          yield* append('batch', entry);
          return true;
        }),
      async interrupted() {
        const claimed = await read(sql.claimed, [now()]);
        return claimed.flatMap((row) => (claims.isLost(toClaim(row)) ? [dialect.toText(row['id'])] : []));
      },
      endInterrupted: (id, entry) =>
        write(function* (append) {
          const [row] = yield* query(sql.claimOf, [storable(id), now()]);
          if (!row || !claims.isLost(toClaim(row))) return false;
          yield* setClaim(id, UNCLAIMED);
          yield* append('batch', entry);
          return true;
        }),
      logUnopened: (entry) => write((append) => append('batch', entry)),
    },
    *purge(time) {
      yield* query(sql.purgeParts, [time]);
      yield* query(sql.purge, [time]);
    },
  };
}

function batchStatements({ tables, selectBytes, selectText }: Dialect) {
  const { sealed_batches: batches, batch_parts: parts, spent } = tables;
  return {
    add: `INSERT INTO ${batches} (id, expires_at, header, holder, held_at) VALUES ($1, $2, $3, $4, $5)`,
    addPart: `INSERT INTO ${parts} (batch_id, number, sealed) VALUES ($1, $2, $3)`,
    consume: `INSERT INTO ${spent} (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING 1 AS added`,
    claimOf: `SELECT ${selectText('b', 'holder')}, b.held_at AS held_at FROM ${batches} b
      WHERE b.id = $1 AND b.expires_at > $2`,
    claimed: `SELECT ${selectText('b', 'id')}, ${selectText('b', 'holder')}, b.held_at AS held_at FROM ${batches} b
      WHERE b.holder <> '' AND b.expires_at > $1`,
    setClaim: `UPDATE ${batches} SET holder = $2, held_at = $3 WHERE id = $1`,
    get: `SELECT b.expires_at AS expires_at, ${selectBytes('b', 'header')},
        (SELECT count(*) FROM ${parts} p WHERE p.batch_id = b.id) AS parts
      FROM ${batches} b WHERE b.id = $1 AND b.expires_at > $2`,
    part: `SELECT ${selectBytes('p', 'sealed')} FROM ${batches} b JOIN ${parts} p ON p.batch_id = b.id
      WHERE b.id = $1 AND p.number = $2 AND b.expires_at > $3`,
    isStored: `SELECT 1 AS found FROM ${batches} WHERE id = $1 AND expires_at > $2`,
    removeParts: `DELETE FROM ${parts} WHERE batch_id = $1`,
    remove: `DELETE FROM ${batches} WHERE id = $1`,
    purgeParts: `DELETE FROM ${parts} WHERE batch_id IN (SELECT id FROM ${batches} WHERE expires_at <= $1)`,
    purge: `DELETE FROM ${batches} WHERE expires_at <= $1`,
  };
}
