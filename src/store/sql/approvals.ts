import { TooManyPending } from '../../approvals/eligibility.ts';
import { ANY_RIGHT } from '../../approvals/rights.ts';
import { type AppendEntry, decisionEntries, eventEntry, requestedEntry } from '../approval/entries.ts';
import {
  applyDecision,
  applyRecount,
  applyRemoval,
  applyReplacement,
  applyTakingBack,
  isPending,
  isRevocable,
  isUsable,
  keptMs,
  toNewApprover,
  toNewRow,
  toReplacement,
  withoutSecret,
} from '../approval/rules.ts';
import type { ApprovalSigner } from '../approval/signer.ts';
import { type ApprovalRow, type Approvals, type ApproverRow, expiredPerCall } from '../approvals.ts';
import type { EntryBody } from '../log/entry.ts';
import { consumedKeptMs } from '../nonce.ts';
import { storable } from '../storable.ts';
import { toApproval, toApprovalValues, toApprover, toApproverValues, toDecisionsText } from './approval-rows.ts';
import { approvalStatements } from './approval-statements.ts';
import { type Dialect, type Procedure, query, type Row, type Value } from './dialect.ts';
import { fromEntryRow } from './rows.ts';

/** How the store runs statements and procedures. */
export interface SqlAccess {
  read(text: string, values?: readonly Value[]): Promise<Row[]>;
  /** Runs a procedure in a transaction that holds the write lock. It may be run several times; one run is committed. */
  write<T>(work: (append: AppendEntry<Procedure<void>>) => Procedure<T>): Promise<T>;
  now(): number;
  signer: ApprovalSigner;
}

/** The approvals of a database, and what opening an intent needs of them in its own transaction. */
export interface SqlApprovals {
  approvals: Approvals;
  isUsable(id: string): Procedure<boolean>;
  /** Consumes an approval for a change and drops its secret, after `isUsable` in the same transaction. */
  use(id: string, changeId: string): Procedure<boolean>;
  /** Drops the secrets of expired requests, and requests that expired long ago. */
  purge(time: number): Procedure<void>;
}

export function createSqlApprovals(dialect: Dialect, { read, write, now, signer }: SqlAccess): SqlApprovals {
  const sql = approvalStatements(dialect);
  const trusted = ([row]: Row[]) => row && signer.trust(toApproval(row, dialect), now());
  const shown = ([row]: Row[]) => row && signer.show(toApproval(row, dialect), now());

  function* find(id: string): Procedure<ApprovalRow | undefined> {
    return trusted(yield* query(sql.get, [storable(id)]));
  }

  function* store(row: ApprovalRow): Procedure<ApprovalRow> {
    const { mac } = signer.approval(row);
    const decisions = toDecisionsText(row.decisions);
    const values = [row.state, decisions, row.secret ?? null, row.changeId ?? null, mac, row.id];
    for (const text of sql.update) yield* query(text, values);
    return row;
  }

  function* requestedBody(id: string): Procedure<EntryBody | undefined> {
    const [found] = yield* query(sql.requested, [storable(id)]);
    return found && fromEntryRow(found, dialect).body;
  }

  /** Logs the expiry of a row that is pending or approved, unless the audit log has it. */
  function* logExpiry(row: ApprovalRow, append: AppendEntry<Procedure<void>>): Procedure<void> {
    yield* query(sql.removeExpiry, [row.id]);
    if ((yield* query(sql.isLogged, [row.id])).length > 0) return;
    yield* append('approval', eventEntry(row, 'expired', yield* requestedBody(row.id)));
  }

  const toKnown = (rows: Row[]): ApproverRow[] =>
    rows.flatMap((row) => signer.readApprover(toApprover(row, dialect)) ?? []);

  function* judgeAgain(apply: (row: ApprovalRow) => ApprovalRow | undefined): Procedure<void> {
    for (const found of yield* query(sql.allApproved, [now()])) {
      const row = trusted([found]);
      const next = row && apply(row);
      if (next) yield* store(next);
    }
  }

  /** An altered row of that name does not count as an approver, and must not block the name. */
  function* putApprover(row: ApproverRow): Procedure<void> {
    yield* query(sql.removeApprover, [row.name]);
    yield* query(sql.addApprover, toApproverValues(signer.approver(row)));
  }

  const approvals: Approvals = {
    request: (approval, entry, mostPending = Number.POSITIVE_INFINITY) =>
      write(function* (append) {
        const added = toNewRow(approval, now());
        const same = trusted(yield* query(sql.samePending, [added.digest, now()]));
        if (isPending(same, now())) return same;
        const [waiting] = yield* query(sql.countOfCaller, [added.caller, now()]);
        if (Number(waiting?.['count']) >= mostPending) throw new TooManyPending();
        const rows = yield* query(sql.add, toApprovalValues(signer.approval(added)));
        if (rows.length === 0) throw new Error(`The approval ${added.id} was requested before.`);
        yield* query(sql.addExpiry, [added.id, added.expiresAt]);
        yield* append('approval', requestedEntry(added, entry));
        return added;
      }),
    get: async (id) => shown(await read(sql.get, [storable(id)])),
    findByDigest: async (digest) => shown(await read(sql.byDigest, [storable(digest)])),
    findByRequest: async (requestKey) => shown(await read(sql.byRequest, [storable(requestKey)])),
    findDeclined: async (changeKey) => shown(await read(sql.declined, [storable(changeKey), now()])),
    async listUnexpired({ state, limit, after = { expiresAt: 0, id: '' } }) {
      const rows = await read(sql.live, [state, now(), after.expiresAt, storable(after.id), limit]);
      return rows.flatMap((row) => shown([row]) ?? []);
    },
    async list({ state, limit }) {
      const reading =
        state === undefined
          ? read(sql.list, [limit])
          : state === 'pending'
            ? read(sql.listPending, [now(), limit])
            : read(sql.listState, [state, limit]);
      return (await reading).flatMap((found) => {
        const row = shown([found]);
        return row && (state === undefined || row.state === state) ? [row] : [];
      });
    },
    async countPending() {
      const [row] = await read(sql.countPending, [now()]);
      return Number(row?.['count']);
    },
    decide: (id, decision, secret, rule) =>
      write(function* (append) {
        const result = applyDecision(yield* find(id), decision, secret, now(), rule);
        if (result.kind !== 'decided') return result;
        yield* store(result.row);
        for (const { kind, entry } of decisionEntries(result.row, decision, yield* requestedBody(id)))
          yield* append(kind, entry);
        return result;
      }),
    recount: (id, rule) =>
      write(function* () {
        const next = applyRecount(yield* find(id), rule, now());
        return next ? yield* store(next) : shown(yield* query(sql.get, [storable(id)]));
      }),
    takeBack: (id, approver) =>
      write(function* (append) {
        const next = applyTakingBack(yield* find(id), approver, now());
        if (!next) return undefined;
        yield* store(next);
        yield* append('approval', eventEntry(next, 'taken_back', yield* requestedBody(id), approver));
        return next;
      }),
    withdraw: (id) =>
      write(function* (append) {
        const row = yield* find(id);
        if (!isRevocable(row)) return false;
        if (row.expiresAt <= now()) yield* logExpiry(row, append);
        yield* store(withoutSecret({ ...row, state: 'withdrawn' }));
        return true;
      }),

    async logExpired() {
      if ((await read(sql.expiries, [now(), 1])).length === 0) return 0;
      return await write(function* (append) {
        const expired = yield* query(sql.expiries, [now(), expiredPerCall]);
        for (const id of expired.map((row) => dialect.toText(row['id']))) {
          const [found] = yield* query(sql.get, [id]);
          // As of before it expired: an altered row says nothing about whether it was still open.
          const row = found && signer.trust(toApproval(found, dialect), 0);
          if (isRevocable(row)) yield* logExpiry(row, append);
          else yield* query(sql.removeExpiry, [id]);
        }
        return expired.length;
      });
    },

    consume: ({ id, expiresAt }) =>
      write(function* () {
        yield* query(sql.purgeConsumed, [now() - consumedKeptMs]);
        return (yield* query(sql.consume, [storable(id), Math.ceil(expiresAt)])).length > 0;
      }),
    isConsumed: async (id) => (await read(sql.isConsumed, [storable(id)])).length > 0,

    approvers: async () => toKnown(await read(sql.approvers)),
    addApprover: (name, verifier, principals = [], may = ANY_RIGHT) =>
      write(function* () {
        const known = toKnown(yield* query(sql.approvers));
        const added = { name, verifier, principals: [...principals], may: [...may] };
        const checked = toNewApprover(known, added, new Date(now()).toISOString());
        if ('taken' in checked) return false;
        yield* putApprover(checked.row);
        return true;
      }),
    replaceApprover: (isReplaced, replace) =>
      write(function* () {
        const replacement = toReplacement(toKnown(yield* query(sql.approvers)), isReplaced, replace, now());
        if (replacement.kind !== 'replaced') return replacement;
        yield* judgeAgain((row) => applyReplacement(row, replacement));
        for (const { name } of replacement.removed) yield* query(sql.removeApprover, [name]);
        yield* putApprover(replacement.row);
        return { kind: 'replaced' };
      }),
    removeApprover: (name) =>
      write(function* () {
        yield* judgeAgain((row) => applyRemoval(row, name));
        return (yield* query(sql.removeApprover, [storable(name)])).length > 0;
      }),
  };

  return {
    approvals,
    *isUsable(id) {
      if (!isUsable(yield* find(id), now())) return false;
      return (yield* query(sql.isOver, [storable(id)])).length === 0;
    },
    *use(id, changeId) {
      const row = yield* find(id);
      // The time is not checked again: a transaction decides once, with `isUsable`.
      if (row?.state !== 'approved') return false;
      yield* store(withoutSecret({ ...row, state: 'used', changeId: storable(changeId) }));
      return true;
    },
    *purge(time) {
      yield* query(sql.purge, [time - keptMs]);
      for (const found of yield* query(sql.expiredSecrets, [time])) {
        const { mac, id } = signer.dropSecret(toApproval(found, dialect));
        yield* query(sql.dropSecret, [mac, id]);
      }
    },
  };
}
