import { TooManyPending } from '../../approvals/eligibility.ts';
import type { ApprovalSigner } from '../approval-mac.ts';
import {
  applyDecision,
  applyRemoval,
  applySettling,
  applyTakingBack,
  isPending,
  isRevocable,
  isUsable,
  keptMs,
  toNewApprover,
  toNewRow,
  withoutSecret,
} from '../approval-rules.ts';
import type { ApprovalRow, Approvals } from '../approvals.ts';
import { consumedKeptMs } from '../nonce.ts';
import { storable } from '../storable.ts';
import {
  approvalBytes,
  approvalColumns,
  approverBytes,
  toApproval,
  toApprovalValues,
  toApprover,
  toDecisionsText,
} from './approval-rows.ts';
import type { SqliteDatabase } from './driver.ts';
import { column } from './rows.ts';

/** The approvals of a SQLite store, and what its other half needs of them. */
export interface SqliteApprovals {
  approvals: Approvals;
  /** To be called inside a transaction, like the two below. */
  isUsable(id: string): boolean;
  /** Uses an approval up for a change; its secret is dropped. */
  use(id: string, changeId: string): void;
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

  /** What an approved row was signed with is remembered as over, so that the row cannot be put back as it was. */
  function store(row: ApprovalRow): ApprovalRow {
    const { mac } = signer.approval(row);
    sql.markOver.run(row.id);
    sql.unmark.run(mac);
    sql.update.run(row.state, toDecisionsText(row.decisions), row.secret ?? null, row.changeId ?? null, mac, row.id);
    return row;
  }

  function end(id: string, ended: Pick<ApprovalRow, 'state' | 'changeId'>): void {
    const row = find(id);
    if (row) store(withoutSecret({ ...row, ...ended }));
  }

  const knownApprovers = () => sql.approvers.all().flatMap((found) => signer.readApprover(toApprover(found)) ?? []);

  const approvals: Approvals = {
    request: (approval, mostPending = Number.POSITIVE_INFINITY) =>
      write(() => {
        const wanted = toNewRow(approval, now());
        const same = trusted(sql.samePending.get(wanted.digest, now()));
        if (isPending(same, now())) return same;
        if (Number(column(sql.countOfCaller.get(wanted.caller, now()), 'count')) >= mostPending) {
          throw new TooManyPending();
        }
        sql.add.run(...toApprovalValues(signer.approval(wanted)));
        return wanted;
      }),
    get: (id) => read(() => shown(sql.get.get(storable(id)))),
    byDigest: (digest) => read(() => shown(sql.byDigest.get(storable(digest)))),
    byRequest: (requestKey) => read(() => shown(sql.byRequest.get(storable(requestKey)))),
    declined: (changeKey) => read(() => shown(sql.declined.get(storable(changeKey), now()))),
    live: ({ state, limit, after = { expiresAt: 0, id: '' } }) =>
      read(() => sql.live.all(state, now(), after.expiresAt, storable(after.id), limit)).then((found) =>
        found.flatMap((one) => shown(one) ?? []),
      ),
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
    decide: (id, decision, secret, rule) =>
      write(() => {
        const result = applyDecision(find(id), decision, secret, now(), rule);
        if (result.kind === 'decided') store(result.row);
        return result;
      }),
    recount: (id, rule) =>
      write(() => {
        const row = find(id);
        const next = applySettling(row, rule, now());
        return next ? store(next) : shown(sql.get.get(storable(id)));
      }),
    takeBack: (id, approver) =>
      write(() => {
        const next = applyTakingBack(find(id), approver, now());
        return next && store(next);
      }),
    withdraw: (id) =>
      write(() => {
        const row = find(id);
        if (!isRevocable(row)) return false;
        end(id, { state: 'withdrawn' });
        return true;
      }),

    consume: ({ id, expiresAt }) =>
      write(() => {
        sql.dropSpent.run(now() - consumedKeptMs);
        if (sql.isSpent.get(storable(id)) !== undefined) return false;
        sql.spend.run(storable(id), Math.ceil(expiresAt));
        return true;
      }),
    isConsumed: (id) => read(() => sql.isSpent.get(storable(id)) !== undefined),

    approvers: () => read(knownApprovers),
    addApprover: (name, verifier, principals = []) =>
      write(() => {
        const wanted = { name, verifier, principals: [...principals] };
        const approver = toNewApprover(knownApprovers(), wanted, now());
        if (!approver) return false;
        const { createdAt, mac } = signer.approver(approver);
        // An altered row is no approver, and must not block the name.
        sql.removeApprover.run(approver.name);
        sql.addApprover.run(approver.name, approver.verifier, JSON.stringify(approver.principals), createdAt, mac);
        return true;
      }),
    removeApprover: (name) =>
      write(() => {
        for (const found of sql.allApproved.all(now())) {
          const row = trusted(found);
          const next = row && applyRemoval(row, name);
          if (next) store(next);
        }
        const found = sql.approver.get(storable(name)) !== undefined;
        sql.removeApprover.run(storable(name));
        return found;
      }),
  };

  return {
    approvals,
    isUsable: (id) => isUsable(find(id), now()) && sql.isOver.get(storable(id)) === undefined,
    use: (id, changeId) => end(id, { state: 'used', changeId: storable(changeId) }),
    sweep(time) {
      sql.sweepRows.run(time - keptMs);
      for (const found of sql.secretsOver.all(time)) {
        const row = toApproval(found);
        if (!row) continue;
        const { mac } = signer.dropSecret(row);
        sql.update.run(row.state, toDecisionsText(row.decisions), null, row.changeId ?? null, mac, row.id);
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
    add: db.prepare(`INSERT INTO approvals (${approvalColumns}) VALUES (${approvalColumns.replaceAll(/\w+/g, '?')})`),
    update: db.prepare(
      'UPDATE approvals SET state = ?, decisions = ?, secret = ?, change_id = ?, mac = ? WHERE id = ?',
    ),
    markOver: db.prepare(
      `INSERT OR IGNORE INTO spent (id, expires_at)
       SELECT 'approval/' || mac, expires_at FROM approvals WHERE id = ? AND state = 'approved'`,
    ),
    unmark: db.prepare(`DELETE FROM spent WHERE id = 'approval/' || ?`),
    isOver: db.prepare(`SELECT 1 AS found FROM approvals a JOIN spent s ON s.id = 'approval/' || a.mac WHERE a.id = ?`),
    get: db.prepare(`${select} id = ?`),
    byDigest: db.prepare(`${select} digest = ? ${newest} 1`),
    byRequest: db.prepare(`${select} request_key = ? ${newest} 1`),
    // The plus signs keep SQLite to the index on digest: by state it would walk all that is pending.
    samePending: db.prepare(`${select} digest = ? AND +state = 'pending' AND +expires_at > ? ${newest} 1`),
    declined: db.prepare(`${select} change_key = ? AND state = 'declined' AND +expires_at > ? ${newest} 1`),
    live: db.prepare(
      `${select} state = ? AND expires_at > ? AND (expires_at, id) > (?, ?) ORDER BY expires_at, id LIMIT ?`,
    ),
    allApproved: db.prepare(`${select} state = 'approved' AND expires_at > ?`),
    countOfCaller: db.prepare(
      `SELECT count(*) AS count FROM approvals WHERE caller = ? AND state = 'pending' AND +expires_at > ?`,
    ),
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
      'INSERT INTO approvers (name, verifier, principals, created_at, mac, failures, locked_until) VALUES (?, ?, ?, ?, ?, 0, 0)',
    ),
    removeApprover: db.prepare('DELETE FROM approvers WHERE name = ?'),
  };
}
