import { html } from 'hono/html';
import type { ApprovalDecision } from '../../../../store/approvals.ts';
import type { ListedChange } from '../../../../store/log/entry.ts';
import type { ChangeFacts } from '../../history/change.ts';
import type { Markup, PageFrame } from '../layout.ts';
import { batchLink, changeLink, instant, namesText, quoted, toClock } from '../text.ts';

/** Who asked for a change, what policy said, who was asked, and what they answered. */
export function askedFacts(frame: PageFrame, { change, approval, undos, trail }: ChangeFacts): Markup {
  const { body } = change;
  return html`<dl class="facts">
<div><dt>Asked by, as verified</dt><dd>${quoted(body.caller)}</dd></div>
${body.client === undefined ? '' : html`<div><dt>The client says it is (not verified)</dt><dd>${quoted(body.client)}</dd></div>`}
<div><dt>Reason given</dt><dd>${body.reason === undefined ? html`<span class="none">none</span>` : quoted(body.reason)}</dd></div>
${body.verdict === undefined ? '' : html`<div><dt>Policy</dt><dd>“${body.verdict}” (${quoted(body.ruleName ?? body.rule ?? 'built-in')})</dd></div>`}
<div><dt>Question</dt><dd>${questionText(frame, change, approval)}</dd></div>
${decisionRows(approval)}
${body.approvedBy === undefined ? '' : html`<div><dt>Agreed</dt><dd>${namesText(body.approvedBy)}</dd></div>`}
${body.declinedBy === undefined ? '' : html`<div><dt>Declined</dt><dd>${quoted(body.declinedBy)}</dd></div>`}
${body.batchId === undefined ? '' : html`<div><dt>Batch</dt><dd>${batchLink(frame, body.batchId)}</dd></div>`}
${body.undoes === undefined ? '' : html`<div><dt>Undoes</dt><dd>${changeLink(frame, body.undoes)}</dd></div>`}
${undos.map((undo) => html`<div><dt>Undo asked for ${toClock(undo.at)}</dt><dd>${changeLink(frame, undo.changeId)}: ${undo.open ? 'under way' : undo.outcome}</dd></div>`)}
${trail.beforeImageUntil === undefined ? '' : html`<div><dt>Can be undone until</dt><dd>${instant(trail.beforeImageUntil)}</dd></div>`}
</dl>`;
}

/** The question as far as it is recorded: questions in a client are not kept, those to approvers for a while. */
function questionText({ home }: PageFrame, { body }: ListedChange, approval: ChangeFacts['approval']): Markup | string {
  if (approval?.row) return html`<a href="${home}/${approval.id}">Put to approvers, as they saw it</a>`;
  if (approval || body.approvedBy !== undefined) return 'Put to approvers; the request is no longer kept.';
  if (body.answeredAfterMs !== undefined)
    return `Asked in the client; its answer came after ${seconds(body.answeredAfterMs)}.`;
  if (body.verdict === 'allow') return 'Nobody was asked: policy allows it.';
  return 'No answer is recorded.';
}

/** From the request while it is kept, else from the entries about it. */
function decisionRows(approval: ChangeFacts['approval']): Markup[] {
  if (approval?.row) return approval.row.decisions.map(decisionRow);
  return (approval?.entries ?? []).map(
    ({ at, outcome, body }) =>
      html`<div><dt>Approval: ${outcome.replace('_', ' ')}</dt><dd>${body.approver === undefined ? '' : html`${quoted(body.approver)}, `}${instant(at)}</dd></div>`,
  );
}

function decisionRow({ approver, yes, at, reason, takenBack }: ApprovalDecision): Markup {
  return html`<div><dt>${yes ? 'Approved by' : 'Declined by'}</dt><dd>${quoted(approver)}, ${instant(at)}${takenBack === undefined ? '' : html`, taken back ${instant(takenBack)}`}${reason === undefined ? '' : html`: ${quoted(reason)}`}</dd></div>`;
}

/** `4.2 s`; a number of an altered entry may be anything. */
function seconds(ms: unknown): string {
  return typeof ms === 'number' && Number.isFinite(ms)
    ? `${(ms / 1000).toFixed(ms < 100 ? 3 : 1)} s`
    : 'an unknown time';
}
