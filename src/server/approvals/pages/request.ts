import { html } from 'hono/html';
import { type Approval, secretsToType } from '../../../approvals/approval.ts';
import type { Review } from '../../../approvals/status.ts';
import { quote } from '../../../lib/text/quote.ts';
import type { FieldError } from '../../../providers/provider.ts';
import { changeList } from './changes.ts';
import { approveForm, declineForm, labelOf } from './decide-forms.ts';
import { errorSummary } from './form-controls.ts';
import type { HtmlPage, Markup, PageFrame } from './layout.ts';
import { statusNotice } from './status.ts';
import { quoted, toClock, toDuration } from './text.ts';

/** One request: what would change, who asks, and, while it is open, the two ways to decide. */
export function requestPage(
  frame: PageFrame,
  approval: Approval,
  review: Review,
  errors: readonly FieldError[] = [],
): HtmlPage {
  const { snapshot } = approval;
  const hasErrors = errors.length > 0;
  return {
    title: `Update ${quote(snapshot.label)}`,
    hasErrors,
    body: html`<p class="small"><a href="${frame.home}"><span aria-hidden="true">← </span>All requests</a></p>
${hasErrors ? errorSummary('Not approved yet', errors, labelOf) : ''}
<h1 class="lead">Update ${quoted(snapshot.label)} at ${snapshot.providerTitle}?</h1>
<p class="lead quiet">Connection ${quoted(snapshot.connection)}, user <code>${quoted(snapshot.userId)}</code>${snapshot.emails.map((email) => html`, <code>${quoted(email)}</code>`)}</p>
${snapshot.again === undefined ? '' : html`<p class="notice note lead">${snapshot.again}</p>`}
${statusNotice(frame, approval, review)}
<div class="split">
<section class="sheet" aria-labelledby="what"><h2 id="what">What changes</h2>${changeList(snapshot)}</section>
<section class="sheet side" aria-labelledby="who"><h2 id="who">Who asks</h2>${facts(approval, review)}</section>
${decideForms(frame, approval, review, errors)}
</div>`,
  };
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
      return html`<div class="decide">${approve}${declineForm(frame, id, errors)}</div>`;
    }
    case 'own':
      return html`<div class="decide">${declineForm(frame, id, errors)}</div>`;
    case 'no-right':
    case 'hidden':
    case 'agreed':
    case 'agreed-as':
    case 'closed':
      return '';
  }
}

function facts({ row, snapshot }: Approval, { needed }: Review): Markup {
  const left = row.expiresAt - Date.now();
  const decided = row.decisions.map(
    ({ approver, yes, at, reason, takenBack }) =>
      html`<div><dt>${yes ? 'Approved by' : 'Declined by'}</dt><dd>${approver}, ${toClock(at)}${takenBack === undefined ? '' : `, taken back ${toClock(takenBack)}`}${reason === undefined ? '' : html`: ${quoted(reason)}`}</dd></div>`,
  );
  return html`<dl class="facts">
<div><dt>Caller, as verified</dt><dd>${quoted(snapshot.caller)}</dd></div>
${snapshot.client === undefined ? '' : html`<div><dt>The client says it is (not verified)</dt><dd>${quoted(snapshot.client)}</dd></div>`}
<div><dt>Reason given</dt><dd>${snapshot.reason === undefined ? html`<span class="none">none</span>` : quoted(snapshot.reason)}</dd></div>
${snapshot.undoes === undefined ? '' : html`<div><dt>Undoes change</dt><dd><code>${quoted(snapshot.undoes)}</code></dd></div>`}
<div><dt>Asked</dt><dd><time datetime="${row.createdAt}">${toClock(row.createdAt)}</time>, ${toDuration(Date.now() - Date.parse(row.createdAt))} ago</dd></div>
<div><dt>${left > 0 ? 'Open until' : 'Was open until'}</dt><dd><time datetime="${new Date(row.expiresAt).toISOString()}">${toClock(row.expiresAt)}</time>${left > 0 ? `, ${toDuration(left)} more` : ''}</dd></div>
<div><dt>Why a person is asked</dt><dd>policy says “${snapshot.verdict}” (${snapshot.rule})${needed > 1 ? `; ${needed} approvers have to agree` : ''}</dd></div>
${decided}
</dl>`;
}
