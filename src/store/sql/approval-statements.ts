import { approvalColumns, approverColumns, selectApproval, selectApprover } from './approval-rows.ts';
import type { Dialect } from './dialect.ts';
import { selectEntry } from './rows.ts';

/** The statements about approvals and approvers, for both dialects. */
export function approvalStatements(dialect: Dialect) {
  const { tables, unindexed } = dialect;
  const select = `SELECT ${selectApproval(dialect)} FROM ${tables.approvals} a WHERE`;
  const count = `SELECT count(*) AS count FROM ${tables.approvals} WHERE`;
  const newest = 'ORDER BY number DESC LIMIT';
  return {
    add: `INSERT INTO ${tables.approvals} (${approvalColumns.join(', ')})
      VALUES (${approvalColumns.map((_, i) => `$${i + 1}`).join(', ')}) ON CONFLICT (id) DO NOTHING RETURNING 1 AS added`,
    update: dialect.updateApproval,
    isOver: `SELECT 1 AS found FROM ${tables.approvals} a JOIN ${tables.spent} s ON s.id = 'approval/' || a.mac
      WHERE a.id = $1`,
    get: `${select} id = $1`,
    byDigest: `${select} digest = $1 ${newest} 1`,
    byRequest: `${select} request_key = $1 ${newest} 1`,
    samePending: `${select} digest = $1 AND ${unindexed('state')} = 'pending' AND ${unindexed('expires_at')} > $2
      ${newest} 1`,
    declined: `${select} change_key = $1 AND state = 'declined' AND ${unindexed('expires_at')} > $2 ${newest} 1`,
    live: `${select} state = $1 AND expires_at > $2 AND (expires_at, id) > ($3, $4) ORDER BY expires_at, id LIMIT $5`,
    allApproved: `${select} state = 'approved' AND expires_at > $1`,
    countOfCaller: `${count} caller = $1 AND state = 'pending' AND ${unindexed('expires_at')} > $2`,
    list: `${select} true ${newest} $1`,
    listPending: `${select} state = 'pending' AND expires_at > $1 ${newest} $2`,
    listState: `${select} state = $1 ${newest} $2`,
    countPending: `${count} state = 'pending' AND expires_at > $1`,
    addExpiry: `INSERT INTO ${tables.expiries} (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`,
    expiries: `SELECT ${dialect.selectText('x', 'id')} FROM ${tables.expiries} x WHERE expires_at <= $1
      ORDER BY expires_at LIMIT $2`,
    removeExpiry: `DELETE FROM ${tables.expiries} WHERE id = $1`,
    requested: `SELECT ${selectEntry(dialect)} FROM ${tables.entries} e WHERE e.change_id = $1
      AND ${unindexed('e.kind')} = 'approval' AND ${unindexed('e.outcome')} = 'requested' ORDER BY e.seq LIMIT 1`,
    isLogged: `SELECT 1 AS found FROM ${tables.entries} e WHERE e.change_id = $1
      AND ${unindexed('e.kind')} = 'approval' AND ${unindexed('e.outcome')} = 'expired' LIMIT 1`,
    purge: `DELETE FROM ${tables.approvals} WHERE expires_at <= $1`,
    expiredSecrets: `${select} expires_at <= $1 AND secret IS NOT NULL`,
    dropSecret: `UPDATE ${tables.approvals} SET secret = NULL, mac = $1 WHERE id = $2`,
    consume: `INSERT INTO ${tables.spent} (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING 1 AS added`,
    isConsumed: `SELECT 1 AS found FROM ${tables.spent} WHERE id = $1`,
    purgeConsumed: `DELETE FROM ${tables.spent} WHERE expires_at <= $1`,
    approvers: `SELECT ${selectApprover(dialect)} FROM ${tables.approvers} a ORDER BY name`,
    // `failures` and `locked_until` belong to an earlier version.
    addApprover: `INSERT INTO ${tables.approvers} (${approverColumns.join(', ')}, failures, locked_until)
      VALUES (${approverColumns.map((_, i) => `$${i + 1}`).join(', ')}, 0, 0)`,
    removeApprover: `DELETE FROM ${tables.approvers} WHERE name = $1 RETURNING 1 AS removed`,
  };
}
