import { html } from 'hono/html';
import { type Approval, isBatch, type SingleApproval, secretsToType } from '../../../../approvals/approval.ts';
import type { BatchSnapshot } from '../../../../approvals/snapshot.ts';
import { toName } from '../../../../approvals/status/messages.ts';
import type { Review } from '../../../../approvals/status/status.ts';
import type { FieldError } from '../../../../providers/provider.ts';
import { errorSummary } from '../form-controls.ts';
import type { HtmlPage, Markup, PageFrame } from '../layout.ts';
import { statusNotice } from '../status.ts';
import { instant, quoted, toDuration } from '../text.ts';
import { batchSummary, peopleTable } from './batch.ts';
import { approveForm, declineForm, labelOf } from './decide-forms.ts';
import { byline, headline, headlineText } from './head.ts';
import { changeRows } from './rows.ts';

/**
 * One request, of one person or a batch: the consequence, who asks and why, every change, and, while it is open, the two ways to decide. The rest
 * is folded below, so that a usual request is decided without scrolling on a phone.
 */
export function requestPage(
  frame: PageFrame,
  approval: Approval,
  review: Review,
  errors: readonly FieldError[] = [],
): HtmlPage {
  const { snapshot } = approval;
  const hasErrors = errors.length > 0;
  return {
    title: headlineText(snapshot),
    hasErrors,
    body: html`${hasErrors ? errorSummary('Not approved yet', errors, labelOf) : ''}
<h1>${headline(snapshot)}</h1>
${byline(frame, approval, review)}
${snapshot.again === undefined ? '' : html`<p class="notice note lead">${snapshot.again}</p>`}
${statusNotice(frame, approval, review)}
${isBatch(approval) ? batchContents(approval.snapshot, review) : html`<section class="sheet lead" aria-labelledby="what"><h2 id="what" class="sr">What changes</h2>${changeRows(approval.snapshot, approval.snapshot.askFor)}</section>`}
${decideForms(frame, approval, review, errors)}
<details class="lead"><summary>Details</summary>${facts(approval, review)}</details>`,
  };
}

/** The decision comes after everyone, so a link leads to it. */
function batchContents(snapshot: BatchSnapshot, { eligibility }: Review): Markup {
  const isDecided = eligibility.kind === 'eligible' || eligibility.kind === 'own';
  return html`${batchSummary(snapshot)}
${isDecided ? html`<p class="lead"><a href="#decide">To the decision, after everyone</a></p>` : ''}
${peopleTable(snapshot.changes)}`;
}

function decideForms(
  frame: PageFrame,
  approval: Approval,
  { eligibility }: Review,
  errors: readonly FieldError[],
): Markup | string {
  const { id } = approval.row;
  switch (eligibility.kind) {
    case 'eligible': {
      const approve = approveForm(frame, approval.snapshot, id, secretsToType(approval), errors);
      return html`<div class="decide" id="decide">${approve}${declineForm(frame, `/${id}/decline`, errors)}</div>`;
    }
    case 'own':
      return html`<div class="decide" id="decide">${declineForm(frame, `/${id}/decline`, errors)}</div>`;
    case 'no-right':
    case 'sign-in-again':
    case 'hidden':
    case 'agreed':
    case 'agreed-as':
    case 'closed':
      return '';
  }
}

function facts(approval: Approval, { needed }: Review): Markup {
  const { row, snapshot } = approval;
  const decided = row.decisions.map(
    ({ approver, yes, at, reason, takenBack }) =>
      html`<div><dt>${yes ? 'Approved by' : 'Declined by'}</dt><dd>${toName(approver)}, ${instant(at)}${takenBack === undefined ? '' : html`, taken back ${instant(takenBack)}`}${reason === undefined ? '' : html`: ${quoted(reason)}`}</dd></div>`,
  );
  return html`<dl class="facts">
${isBatch(approval) ? html`<div><dt>Batch</dt><dd><code>${quoted(approval.snapshot.batch)}</code></dd></div>` : userFacts(approval)}
<div><dt>Caller, as verified</dt><dd>${quoted(snapshot.caller)}</dd></div>
${snapshot.client === undefined ? '' : html`<div><dt>The client says it is (not verified)</dt><dd>${quoted(snapshot.client)}</dd></div>`}
<div><dt>Tool</dt><dd><code>${snapshot.tool}</code></dd></div>
<div><dt>Why a person is asked</dt><dd>policy says “${snapshot.verdict}” (${snapshot.rule})${snapshot.ruleNote === undefined ? '' : `: ${snapshot.ruleNote}`}${needed > 1 ? `; ${needed} approvers have to agree` : ''}</dd></div>
<div><dt>Asked</dt><dd>${instant(row.createdAt)}, ${toDuration(Date.now() - Date.parse(row.createdAt))} ago</dd></div>
<div><dt>Expiry</dt><dd>${instant(row.expiresAt)}</dd></div>
<div><dt>Request</dt><dd><code>${row.id}</code></dd></div>
${decided}
</dl>`;
}

function userFacts({ snapshot }: SingleApproval): Markup {
  const emails = snapshot.emails.map((email, at) => html`${at === 0 ? '' : ', '}<code>${quoted(email)}</code>`);
  return html`<div><dt>Connection</dt><dd>${quoted(snapshot.connection)}</dd></div>
<div><dt>User id</dt><dd><code>${quoted(snapshot.userId)}</code></dd></div>
${emails.length === 0 ? '' : html`<div><dt>E-mail addresses</dt><dd>${emails}</dd></div>`}`;
}
