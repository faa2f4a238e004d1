import { createApprovalSigner } from '../approval-mac.ts';
import { askedAgain } from '../approval-rules.ts';
import { migratedHead } from '../log/head.ts';
import type { Mac } from '../mac.ts';
import { approvalBytes, approverBytes, toApproval, toApprover, toDecisionsText } from './approval-rows.ts';
import type { SqliteDatabase } from './driver.ts';
import { headBytes, toHead, toHeadValues } from './rows.ts';

/** Signs what an earlier version wrote, which signed nothing. Part of the transaction that brings the file up to date. */
export function signAll(db: SqliteDatabase, mac: Mac, now: number): void {
  const signer = createApprovalSigner(mac);
  const head = toHead(db.prepare(`SELECT ${headBytes} FROM head`).get());
  if (head) {
    const setHead = db.prepare('UPDATE head SET seq = ?, hash = ?, mac = ?, breaks = ?');
    setHead.run(...toHeadValues(migratedHead(head, mac)));
  }
  const setApproval = db.prepare('UPDATE approvals SET state = ?, decisions = ?, secret = NULL, mac = ? WHERE id = ?');
  const unused = db.prepare(
    `SELECT ${approvalBytes} FROM approvals a WHERE state IN ('pending', 'approved') AND expires_at > ?`,
  );
  for (const found of unused.all(now)) {
    const row = toApproval(found);
    if (!row) continue;
    const { state, decisions, mac: signature, id } = signer.approval(askedAgain(row));
    setApproval.run(state, toDecisionsText(decisions), signature, id);
  }
  const setApprover = db.prepare('UPDATE approvers SET mac = ? WHERE name = ?');
  for (const found of db.prepare(`SELECT ${approverBytes} FROM approvers a`).all()) {
    const approver = toApprover(found);
    setApprover.run(signer.approver(approver).mac, approver.name);
  }
}
