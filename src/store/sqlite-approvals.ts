import type { ApprovalSigner } from './approval-mac.ts';
import {
  applyDecision,
  applyFailure,
  isPending,
  isRevocable,
  isUsable,
  keptMs,
  toNewApprover,
  toNewRow,
  withoutSecret,
} from './approval-rules.ts';
import type { ApprovalRow, Approvals, ApproverRow } from './approvals.ts';
import { spentKeptMs, storable } from './entry.ts';
import {
  approvalBytes,
  approvalColumns,
  approverBytes,
  toApproval,
  toApprovalValues,
  toApprover,
  toDecisionsText,
} from './sqlite-approval-rows.ts';
import type { SqliteDatabase } from './sqlite-driver.ts';
import { column } from './sqlite-rows.ts';

/** The approvals of a SQLite store, and what its other half needs of them. */
export interface SqliteApprovals {
  approvals: Approvals;
  /** To be called inside a transaction, like the two below. */
  isUsable(id: string): boolean;
  /** Uses an approval up; its secret is dropped. */
  use(id: string): void;
  sweep(now: number): void;
}

/** How the store runs what is handed to it: `write` inside a transaction that holds the write lock. */
export interface SqliteAccess {
  read<T>(work: () => T): Promise<T>;
  write<T>(work: () => T): Promise<T>;
  now(): number;
  signer: ApprovalSigner;
}

export function createSqliteApprovals(db: SqliteDatabase, { read, write, now, signer }: SqliteAccess): SqliteApprovals {
  const sql = prepareAll(db);

  const trusted = (found: unknown): ApprovalRow | undefined => signer.trust(toApproval(found), now());
  const find = (id: string): ApprovalRow | undefined => trusted(sql.get.get(storable(id)));
  const shown = (found: unknown): ApprovalRow | undefined => signer.show(toApproval(found), now());

  function store(row: ApprovalRow): void {
    const { mac } = signer.approval(row);
    sql.update.run(row.state, toDecisionsText(row.decisions), row.secret ?? null, mac, row.id);
  }

  function end(id: string, state: 'used' | 'withdrawn'): void {
    const row = find(id);
    if (row) store(withoutSecret({ ...row, state }));
  }

  function changeApprover(name: string, change: (approver: ApproverRow) => ApproverRow): Promise<void> {
    return write(() => {
      const found = sql.approver.get(storable(name));
      if (found === undefined) return;
      const approver = change(toApprover(found));
      sql.updateApprover.run(approver.failures, approver.lockedUntil, approver.name);
    });
  }

  const approvals: Approvals = {
    request: (approval) =>
      write(() => {
        const wanted = toNewRow(approval, now());
        const same = trusted(sql.samePending.get(wanted.digest, now()));
        if (isPending(same, now())) return same;
        sql.add.run(...toApprovalValues(signer.approval(wanted)));
        return wanted;
      }),
    get: (id) => read(() => shown(sql.get.get(storable(id)))),
    byDigest: (digest) => read(() => shown(sql.byDigest.get(storable(digest)))),
    byRequest: (requestKey) => read(() => shown(sql.byRequest.get(storable(requestKey)))),
    list: ({ state, limit }) =>
      read(() => {
        if (state === undefined) return sql.list.all(limit);
        return state === 'pending' ? sql.listPending.all(now(), limit) : sql.listState.all(state, limit);
      }).then((found) =>
        found.flatMap((one) => {
          const row = shown(one);
          return row && (state === undefined || row.state === state) ? [row] : [];
        }),
      ),
    countPending: () => read(() => Number(column(sql.countPending.get(now()), 'count'))),
    decide: (id, decision, secret) =>
      write(() => {
        const result = applyDecision(find(id), decision, secret, now());
        if (result.kind === 'decided') store(result.row);
        return result;
      }),
    withdraw: (id) =>
      write(() => {
        const row = find(id);
        if (!isRevocable(row)) return false;
        end(id, 'withdrawn');
        return true;
      }),

    spend: ({ id, expiresAt }) =>
      write(() => {
        sql.dropSpent.run(now() - spentKeptMs);
        if (sql.isSpent.get(storable(id)) !== undefined) return false;
        sql.spend.run(storable(id), Math.ceil(expiresAt));
        return true;
      }),
    isSpent: (id) => read(() => sql.isSpent.get(storable(id)) !== undefined),

    approvers: () => read(() => sql.approvers.all().flatMap((found) => signer.readApprover(toApprover(found)) ?? [])),
    addApprover: (name, verifier) =>
      write(() => {
        const approver = signer.approver(toNewApprover(name, verifier, now()));
        const found = sql.approver.get(approver.name);
        if (found !== undefined && signer.readApprover(toApprover(found))) return false;
        sql.removeApprover.run(approver.name);
        sql.addApprover.run(approver.name, approver.verifier, approver.createdAt, approver.mac);
        return true;
      }),
    removeApprover: (name) =>
      write(() => {
        const found = sql.approver.get(storable(name)) !== undefined;
        sql.removeApprover.run(storable(name));
        return found;
      }),
    noteFailure: (name, limit, lockMs) =>
      changeApprover(name, (approver) => applyFailure(approver, limit, lockMs, now())),
    noteSuccess: (name) => changeApprover(name, (approver) => ({ ...approver, failures: 0, lockedUntil: 0 })),
  };

  return {
    approvals,
    isUsable: (id) => isUsable(find(id), now()),
    use: (id) => end(id, 'used'),
    sweep(time) {
      sql.sweepRows.run(time - keptMs);
      for (const found of sql.secretsOver.all(time)) {
        const row = toApproval(found);
        if (row) sql.update.run(row.state, toDecisionsText(row.decisions), null, signer.dropSecret(row).mac, row.id);
      }
    },
  };
}

/** Once per connection: preparing costs more than running. */
function prepareAll(db: SqliteDatabase) {
  const select = `SELECT ${approvalBytes} FROM approvals a WHERE`;
  const newest = 'ORDER BY number DESC LIMIT';
  const selectApprover = `SELECT ${approverBytes} FROM approvers a`;
  return {
    add: db.prepare(`INSERT INTO approvals (${approvalColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update: db.prepare('UPDATE approvals SET state = ?, decisions = ?, secret = ?, mac = ? WHERE id = ?'),
    get: db.prepare(`${select} id = ?`),
    byDigest: db.prepare(`${select} digest = ? ${newest} 1`),
    byRequest: db.prepare(`${select} request_key = ? ${newest} 1`),
    // The plus signs keep SQLite to the index on digest: by state it would walk all that is pending.
    samePending: db.prepare(`${select} digest = ? AND +state = 'pending' AND +expires_at > ? ${newest} 1`),
    list: db.prepare(`${select} true ${newest} ?`),
    listPending: db.prepare(`${select} state = 'pending' AND expires_at > ? ${newest} ?`),
    listState: db.prepare(`${select} state = ? ${newest} ?`),
    countPending: db.prepare(`SELECT count(*) AS count FROM approvals WHERE state = 'pending' AND expires_at > ?`),
    sweepRows: db.prepare('DELETE FROM approvals WHERE expires_at <= ?'),
    secretsOver: db.prepare(`${select} expires_at <= ? AND secret IS NOT NULL`),
    isSpent: db.prepare('SELECT 1 AS found FROM spent WHERE id = ?'),
    spend: db.prepare('INSERT INTO spent (id, expires_at) VALUES (?, ?)'),
    dropSpent: db.prepare('DELETE FROM spent WHERE expires_at <= ?'),
    approver: db.prepare(`${selectApprover} WHERE name = ?`),
    approvers: db.prepare(`${selectApprover} ORDER BY name`),
    addApprover: db.prepare(
      'INSERT INTO approvers (name, verifier, created_at, mac, failures, locked_until) VALUES (?, ?, ?, ?, 0, 0)',
    ),
    removeApprover: db.prepare('DELETE FROM approvers WHERE name = ?'),
    updateApprover: db.prepare('UPDATE approvers SET failures = ?, locked_until = ? WHERE name = ?'),
  };
}
