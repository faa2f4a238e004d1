import { createApprovalSigner } from '../approval-mac.ts';
import { askedAgain } from '../approval-rules.ts';
import { migratedHead, toBreaksText } from '../log/head.ts';
import type { Mac } from '../mac.ts';
import type { Link } from './connection.ts';
import type { TableNames } from './names.ts';
import {
  approverColumns,
  headColumns,
  readApprovalColumns,
  toApproval,
  toApprover,
  toDecisionsText,
  toHead,
} from './rows.ts';

/** Signs what an earlier version wrote, which signed nothing. Part of the transaction that brings the tables up to date. */
export async function signAll(query: Link['query'], names: TableNames, mac: Mac, now: number): Promise<void> {
  const signer = createApprovalSigner(mac);
  const [found] = await query(`SELECT ${headColumns} FROM ${names.head}`);
  const head = toHead(found);
  if (head) {
    const signed = migratedHead(head, mac);
    await query(`UPDATE ${names.head} SET mac = $1, breaks = $2`, [signed.mac, toBreaksText(signed.breaks)]);
  }
  const unused = await query(
    `SELECT ${readApprovalColumns} FROM ${names.approvals} WHERE state IN ('pending', 'approved') AND expires_at > $1`,
    [now],
  );
  for (const row of unused) {
    const { state, decisions, mac: signature, id } = signer.approval(askedAgain(toApproval(row)));
    await query(`UPDATE ${names.approvals} SET state = $1, decisions = $2, secret = NULL, mac = $3 WHERE id = $4`, [
      state,
      toDecisionsText(decisions),
      signature,
      id,
    ]);
  }
  for (const row of await query(`SELECT ${approverColumns} FROM ${names.approvers}`)) {
    const { mac: signature, name } = signer.approver(toApprover(row));
    await query(`UPDATE ${names.approvers} SET mac = $1 WHERE name = $2`, [signature, name]);
  }
}
