import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/json/json.ts';
import { toShown } from './approval-rules.ts';
import type { ApprovalRow, ApproverRow, OnAltered } from './approvals.ts';
import type { Mac } from './mac.ts';

/**
 * Write access to the database is enough to write a yes. So every row of `approvals` and `approvers` carries a MAC over all
 * its columns, also those that are added later, and does not count where the MAC does not hold.
 */

/** A row as the database has it. */
export type Signed<Row> = Row & { mac: string };

export interface ApprovalSigner {
  approval(row: ApprovalRow): Signed<ApprovalRow>;
  approver(row: ApproverRow): Signed<ApproverRow>;
  /**
   * The row as it may be decided and used: an altered one counts as withdrawn, so that approval is requested again. An
   * expired one can be neither decided nor used, and stays as it is.
   */
  trust(row: Signed<ApprovalRow> | undefined, now: number): ApprovalRow | undefined;
  /** The row as it is shown. A pending one under another key is shown as pending, so that the missing key is noticed. */
  show(row: Signed<ApprovalRow> | undefined, now: number): ApprovalRow | undefined;
  /** The row without its secret, to be stored. One that was altered stays unsigned. */
  dropSecret(row: Signed<ApprovalRow>): Signed<ApprovalRow>;
  /** Undefined where the row was altered: there is no such approver. */
  readApprover(row: Signed<ApproverRow> | undefined): ApproverRow | undefined;
}

export function createApprovalSigner(mac: Mac, onAltered: OnAltered = () => {}): ApprovalSigner {
  const approval = (row: ApprovalRow) => ({ ...row, mac: mac.sign('approval', approvalText(row)) });
  /** Lists are read again and again: each row is reported once. */
  const reported = new Set<string>();
  const report: OnAltered = (what, why) => {
    if (reported.has(what) || reported.size >= maxReported) return;
    reported.add(what);
    onAltered(what, why);
  };
  const check = (row: Signed<ApprovalRow>) => mac.check('approval', approvalText(row), row.mac);

  function read(
    found: Signed<ApprovalRow> | undefined,
    now: number,
    purpose: 'use' | 'display',
  ): ApprovalRow | undefined {
    if (!found) return undefined;
    const { mac: _, ...row } = found;
    const hasPower = row.expiresAt > now && (row.state === 'pending' || row.state === 'approved');
    const verdict = hasPower ? check(found) : 'holds';
    if (verdict === 'holds') return row;
    if (purpose === 'display' && verdict === 'unknown_key' && row.state === 'pending') return row;
    report(`approval ${row.id}`, verdict);
    return { ...row, state: 'withdrawn' };
  }

  return {
    approval,
    approver: (row) => ({ ...row, mac: mac.sign('approver', approverText(row)) }),
    trust: (found, now) => read(found, now, 'use'),
    show: (found, now) => {
      const row = read(found, now, 'display');
      return row && toShown(row, now);
    },
    dropSecret(found) {
      const { secret: _, mac: __, ...row } = found;
      return check(found) === 'holds' ? approval(row) : { ...row, mac: '' };
    },
    readApprover(found) {
      if (!found) return undefined;
      const { mac: signature, ...row } = found;
      const verdict = mac.check('approver', approverText(row), signature);
      if (verdict === 'holds') return row;
      report(`approver ${row.name}`, verdict);
      return undefined;
    },
  };
}

const maxReported = 1000;

function approvalText({ view, secret, mac: _, ...columns }: ApprovalRow & { mac?: string }): string {
  return canonicalJson({ ...columns, view: digest(view), secret: secret && digest(secret) });
}

function approverText({ mac: _, ...columns }: ApproverRow & { mac?: string }): string {
  return canonicalJson(columns);
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
