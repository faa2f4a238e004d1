import { peopleIn, readSnapshot } from '../../approvals/snapshot.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { quoteName } from '../../lib/text/quote.ts';
import type { ApprovalRow, DecisionRule } from '../../store/approvals.ts';
import type { UpdateContext } from '../context.ts';
import { viewPlan } from '../redact/view.ts';
import type { Proposal } from '../types.ts';

/** Why an earlier request or approval of the same change does not count; shown to the approver and to the caller. */

const MAX_NAMES = 10;

/** Names what changed since the earlier request was made. */
export function changedSinceNote({ call, ports }: UpdateContext, earlier: ApprovalRow, proposal: Proposal): string {
  const [old] = peopleIn(readSnapshot(ports.seal.unseal(earlier.id, earlier.view)));
  const { stripped } = proposal.verdict;
  const now = viewPlan(call, proposal.plan, 'person', ports.redaction);
  const before = (fields: readonly { field: string; before: unknown }[]) =>
    new Map(fields.map((one) => [one.field, canonicalJson(one.before)]));
  const [was, is] = [before(old?.changes ?? []), before(now.changes)];
  const names = [...new Set([...was.keys(), ...is.keys()])]
    .filter((field) => was.get(field) !== is.get(field))
    .map((field) => {
      const isByPolicy = (old?.stripped.includes(field) ?? false) !== stripped.includes(field);
      return isByPolicy ? `${quoteName(field)} (by policy)` : quoteName(field);
    });
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  const what = names.length > 0 ? names.slice(0, MAX_NAMES).join(', ') + more : 'another part of the record';
  return `Asked again: changed since the earlier request: ${what}.`;
}

export function lostApprovalNote({ decisions }: ApprovalRow, rule: DecisionRule): string {
  const counted = rule.counted(decisions);
  const lost = decisions.filter((one) => one.yes && !counted.includes(one)).map(({ approver }) => approver);
  if (lost.length === 0) return `Approved before by fewer than the ${rule.needed} approvers it takes now.`;
  return `Approved before, but the yes of ${lost.join(', ')} no longer counts.`;
}
