import { createHash } from 'node:crypto';
import { isAnyRight } from '../../approvals/rights.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import type { ApprovalRow, ApproverRow, OnAltered } from '../approvals.ts';
import type { Mac } from '../mac.ts';
import { toShown } from './rules.ts';

/**
 * Anyone with write access to the database can insert a yes. Every row of `approvals` and `approvers` therefore carries
 * a MAC over all its columns, including columns added later, and is ignored if the MAC is invalid.
 */

/** A row as stored. */
export type Signed<Row> = Row & { mac: string };

export interface ApprovalSigner {
  approval(row: ApprovalRow): Signed<ApprovalRow>;
  approver(row: ApproverRow): Signed<ApproverRow>;
  /**
   * The row to decide on or to use. An altered row counts as withdrawn, so that approval is requested again. An expired
   * row can be neither decided nor used and is returned unchanged.
   */
  trust(row: Signed<ApprovalRow> | undefined, now: number): ApprovalRow | undefined;
  /** The row to display. A pending row signed with another key stays pending, so that the missing key is noticed. */
  show(row: Signed<ApprovalRow> | undefined, now: number): ApprovalRow | undefined;
  /** The row without its secret, to be stored. An altered row stays unsigned. */
  dropSecret(row: Signed<ApprovalRow>): Signed<ApprovalRow>;
  /** Undefined if the row was altered: it does not count as an approver. */
  readApprover(row: Signed<ApproverRow> | undefined): ApproverRow | undefined;
}

export function createApprovalSigner(mac: Mac, onAltered: OnAltered = () => {}): ApprovalSigner {
  const approval = (row: ApprovalRow) => ({ ...row, mac: mac.sign('approval', approvalText(row)) });
  /** Lists are read repeatedly, so each row is reported once. */
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

/** The right to everything is left out: earlier versions signed their approvers without it. */
function approverText({ mac: _, may, ...columns }: ApproverRow & { mac?: string }): string {
  return canonicalJson(isAnyRight(may) ? columns : { ...columns, may });
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
