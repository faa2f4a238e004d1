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
import type { ApprovalRow, Approvals, ApproverRow } from '../approvals.ts';
import { consumedKeptMs } from '../nonce.ts';
import { storable } from '../storable.ts';
import type { Row, Value } from './connection.ts';
import type { Transaction } from './group-commit.ts';
import type { TableNames } from './names.ts';
import {
  approvalColumns,
  approverColumns,
  readApprovalColumns,
  toApproval,
  toApprovalValues,
  toApprover,
  toDecisionsText,
} from './rows.ts';

/** How the store runs what is handed to it: `write` in a transaction that holds the write lock. */
export interface PostgresAccess {
  read(text: string, values?: readonly Value[]): Promise<Row[]>;
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  now(): number;
  signer: ApprovalSigner;
}

/** The approvals of a PostgreSQL store, and what its other half needs of them. */
export interface PostgresApprovals {
  approvals: Approvals;
  isUsable(transaction: Transaction, id: string): Promise<boolean>;
  /** Uses an approval up for a change; its secret is dropped. False when it is not usable. */
  use(transaction: Transaction, id: string, changeId: string): Promise<boolean>;
  /** Drops the secrets of what is over, and what has been over for long. */
  sweep(transaction: Transaction, time: number): Promise<void>;
}

export function createPostgresApprovals(names: TableNames, access: PostgresAccess): PostgresApprovals {
  const { read, write, now, signer } = access;
  const sql = statements(names);
  const trusted = ([row]: Row[]): ApprovalRow | undefined => row && signer.trust(toApproval(row), now());
  const shown = ([row]: Row[]): ApprovalRow | undefined => row && signer.show(toApproval(row), now());

  async function find({ query }: Transaction, id: string): Promise<ApprovalRow | undefined> {
    return trusted(await query(sql.get, [storable(id)]));
  }

  async function store({ query }: Transaction, row: ApprovalRow): Promise<ApprovalRow> {
    const { mac } = signer.approval(row);
    const decisions = toDecisionsText(row.decisions);
    await query(sql.update, [row.state, decisions, row.secret ?? null, row.changeId ?? null, mac, row.id]);
    return row;
  }

  const toKnown = (rows: Row[]): ApproverRow[] => rows.flatMap((row) => signer.readApprover(toApprover(row)) ?? []);

  const approvals: Approvals = {
    request: (approval, mostPending = Number.POSITIVE_INFINITY) =>
      write(async ({ query }) => {
        const wanted = toNewRow(approval, now());
        const same = trusted(await query(sql.samePending, [wanted.digest, now()]));
        if (isPending(same, now())) return same;
        const [waiting] = await query(sql.countOfCaller, [wanted.caller, now()]);
        if (Number(waiting?.['count']) >= mostPending) throw new TooManyPending();
        const added = await query(sql.add, toApprovalValues(signer.approval(wanted)));
        if (added.length === 0) throw new Error(`The approval ${wanted.id} was asked for before.`);
        return wanted;
      }),
    get: async (id) => shown(await read(sql.get, [storable(id)])),
    byDigest: async (digest) => shown(await read(sql.byDigest, [storable(digest)])),
    byRequest: async (requestKey) => shown(await read(sql.byRequest, [storable(requestKey)])),
    declined: async (changeKey) => shown(await read(sql.declined, [storable(changeKey), now()])),
    async live({ state, limit, after = { expiresAt: 0, id: '' } }) {
      const rows = await read(sql.live, [state, now(), after.expiresAt, storable(after.id), limit]);
      return rows.flatMap((row) => shown([row]) ?? []);
    },
    async list({ state, limit }) {
      const rows =
        state === undefined
          ? await read(sql.list, [limit])
          : await read(sql.listState, [limit, state, state === 'pending' ? now() : 0]);
      return rows.flatMap((found) => {
        const row = shown([found]);
        return row && (state === undefined || row.state === state) ? [row] : [];
      });
    },
    async countPending() {
      const [row] = await read(sql.countPending, [now()]);
      return Number(row?.['count']);
    },
    decide: (id, decision, secret, rule) =>
      write(async (transaction) => {
        const result = applyDecision(await find(transaction, id), decision, secret, now(), rule);
        if (result.kind === 'decided') await store(transaction, result.row);
        return result;
      }),
    recount: (id, rule) =>
      write(async (transaction) => {
        const next = applySettling(await find(transaction, id), rule, now());
        return next ? await store(transaction, next) : shown(await transaction.query(sql.get, [storable(id)]));
      }),
    takeBack: (id, approver) =>
      write(async (transaction) => {
        const next = applyTakingBack(await find(transaction, id), approver, now());
        return next && (await store(transaction, next));
      }),
    withdraw: (id) =>
      write(async (transaction) => {
        const row = await find(transaction, id);
        if (!isRevocable(row)) return false;
        await store(transaction, withoutSecret({ ...row, state: 'withdrawn' }));
        return true;
      }),

    consume: ({ id, expiresAt }) =>
      write(async ({ query }) => {
        await query(sql.dropSpent, [now() - consumedKeptMs]);
        return (await query(sql.spend, [storable(id), Math.ceil(expiresAt)])).length > 0;
      }),
    isConsumed: async (id) => (await read(sql.isSpent, [storable(id)])).length > 0,

    approvers: async () => toKnown(await read(sql.approvers)),
    addApprover: (name, verifier, principals = []) =>
      write(async ({ query }) => {
        const known = toKnown(await query(sql.approvers));
        const approver = toNewApprover(known, { name, verifier, principals: [...principals] }, now());
        if (!approver) return false;
        const { createdAt, mac } = signer.approver(approver);
        // An altered row is no approver, and must not block the name.
        await query(sql.removeApprover, [approver.name]);
        const also = JSON.stringify(approver.principals);
        await query(sql.addApprover, [approver.name, approver.verifier, also, createdAt, mac]);
        return true;
      }),
    removeApprover: (name) =>
      write(async (transaction) => {
        for (const found of await transaction.query(sql.allApproved, [now()])) {
          const row = trusted([found]);
          const next = row && applyRemoval(row, name);
          if (next) await store(transaction, next);
        }
        return (await transaction.query(sql.removeApprover, [storable(name)])).length > 0;
      }),
  };

  return {
    approvals,
    async isUsable(transaction, id) {
      if (!isUsable(await find(transaction, id), now())) return false;
      return (await transaction.query(sql.isOver, [storable(id)])).length === 0;
    },
    async use(transaction, id, changeId) {
      const row = await find(transaction, id);
      if (!isUsable(row, now())) return false;
      await store(transaction, withoutSecret({ ...row, state: 'used', changeId: storable(changeId) }));
      return true;
    },
    async sweep({ query }, time) {
      await query(sql.sweepRows, [time - keptMs]);
      for (const found of await query(sql.secretsOver, [time])) {
        const row = toApproval(found);
        const { mac } = signer.dropSecret(row);
        const decisions = toDecisionsText(row.decisions);
        await query(sql.update, [row.state, decisions, null, row.changeId ?? null, mac, row.id]);
      }
    },
  };
}

function statements(names: TableNames) {
  const select = `SELECT ${readApprovalColumns} FROM ${names.approvals}`;
  const newest = 'ORDER BY number DESC LIMIT';
  const pending = `state = 'pending' AND expires_at >`;
  return {
    add: `INSERT INTO ${names.approvals} (${approvalColumns})
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING RETURNING 1`,
    // What an approved row was signed with is remembered as over, so that the row cannot be put back as it was.
    update: `WITH over AS (
        INSERT INTO ${names.spent} (id, expires_at) SELECT 'approval/' || mac, expires_at FROM ${names.approvals}
        WHERE id = $6 AND state = 'approved' AND mac <> $5 ON CONFLICT (id) DO NOTHING
      ), live AS (DELETE FROM ${names.spent} WHERE id = 'approval/' || $5)
      UPDATE ${names.approvals} SET state = $1, decisions = $2, secret = $3, change_id = $4, mac = $5
      WHERE id = $6`,
    isOver: `SELECT 1 FROM ${names.approvals} a JOIN ${names.spent} s ON s.id = 'approval/' || a.mac WHERE a.id = $1`,
    get: `${select} WHERE id = $1`,
    byDigest: `${select} WHERE digest = $1 ${newest} 1`,
    byRequest: `${select} WHERE request_key = $1 ${newest} 1`,
    samePending: `${select} WHERE digest = $1 AND ${pending} $2 ${newest} 1`,
    declined: `${select} WHERE change_key = $1 AND state = 'declined' AND expires_at > $2 ${newest} 1`,
    live: `${select} WHERE state = $1 AND expires_at > $2 AND (expires_at, id) > ($3, $4)
      ORDER BY expires_at, id LIMIT $5`,
    allApproved: `${select} WHERE state = 'approved' AND expires_at > $1`,
    countOfCaller: `SELECT count(*) AS count FROM ${names.approvals} WHERE caller = $1 AND ${pending} $2`,
    list: `${select} ${newest} $1`,
    listState: `${select} WHERE state = $2 AND expires_at > $3 ${newest} $1`,
    countPending: `SELECT count(*) AS count FROM ${names.approvals} WHERE ${pending} $1`,
    sweepRows: `DELETE FROM ${names.approvals} WHERE expires_at <= $1`,
    secretsOver: `${select} WHERE expires_at <= $1 AND secret IS NOT NULL`,
    spend: `INSERT INTO ${names.spent} (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING 1`,
    isSpent: `SELECT 1 AS found FROM ${names.spent} WHERE id = $1`,
    dropSpent: `DELETE FROM ${names.spent} WHERE expires_at <= $1`,
    approvers: `SELECT ${approverColumns} FROM ${names.approvers} ORDER BY name`,
    addApprover: `INSERT INTO ${names.approvers} (${approverColumns}, failures, locked_until)
      VALUES ($1, $2, $3, $4, $5, 0, 0)`,
    removeApprover: `DELETE FROM ${names.approvers} WHERE name = $1 RETURNING 1`,
  };
}
