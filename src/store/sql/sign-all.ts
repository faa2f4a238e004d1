import { withoutDecisions } from '../approval/rules.ts';
import { createApprovalSigner } from '../approval/signer.ts';
import { migratedHead, toBreaksText } from '../log/head.ts';
import type { Mac } from '../mac.ts';
import { selectApproval, selectApprover, toApproval, toApprover, toDecisionsText } from './approval-rows.ts';
import { type Dialect, type Procedure, query } from './dialect.ts';
import { selectHead, toHead } from './rows.ts';

/** Signs what an earlier version wrote, which signed nothing. Part of the transaction that migrates the tables. */
export function* signAll(dialect: Dialect, mac: Mac, now: number): Procedure<void> {
  const { tables } = dialect;
  const signer = createApprovalSigner(mac);
  const [found] = yield* query(`SELECT ${selectHead(dialect)} FROM ${tables.head} h`);
  const head = toHead(found, dialect);
  if (head) {
    const signed = migratedHead(head, mac);
    yield* query(`UPDATE ${tables.head} SET mac = $1, breaks = $2`, [signed.mac, toBreaksText(signed.breaks)]);
  }
  const unused = yield* query(
    `SELECT ${selectApproval(dialect)} FROM ${tables.approvals} a
     WHERE state IN ('pending', 'approved') AND expires_at > $1`,
    [now],
  );
  for (const row of unused) {
    const signed = signer.approval(withoutDecisions(toApproval(row, dialect)));
    yield* query(`UPDATE ${tables.approvals} SET state = $1, decisions = $2, secret = NULL, mac = $3 WHERE id = $4`, [
      signed.state,
      toDecisionsText(signed.decisions),
      signed.mac,
      signed.id,
    ]);
  }
  for (const row of yield* query(`SELECT ${selectApprover(dialect)} FROM ${tables.approvers} a`)) {
    const signed = signer.approver(toApprover(row, dialect));
    yield* query(`UPDATE ${tables.approvers} SET mac = $1 WHERE name = $2`, [signed.mac, signed.name]);
  }
}
