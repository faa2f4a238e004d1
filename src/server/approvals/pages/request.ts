import { html } from 'hono/html';
import { type Standing, secretsToType, type Waiting } from '../../../approvals/service.ts';
import { quote } from '../../../lib/text/quote.ts';
import type { FieldError } from '../../../providers/provider.ts';
import { changeList } from './changes.ts';
import { approveForm, declineForm, labelOf } from './decide-forms.ts';
import { foreign } from './foreign.ts';
import { summary } from './form-controls.ts';
import { toClock, toDuration } from './format.ts';
import type { Frame, Markup, Page } from './layout.ts';
import { standingNotice } from './status.ts';

/** One request: what would change, who asks, and, as long as it is open, the two ways to decide. */
export function requestPage(
  frame: Frame,
  waiting: Waiting,
  standing: Standing,
  faults: readonly FieldError[] = [],
): Page {
  const { row, view } = waiting;
  const faulty = faults.length > 0;
  return {
    title: `Update ${quote(view.label)}`,
    faulty,
    body: html`<p class="small"><a href="${frame.home}"><span aria-hidden="true">← </span>All requests</a></p>
${faulty ? summary('Not approved yet', faults, labelOf) : ''}
<h1 class="lead">Update ${foreign(view.label)} at ${view.providerTitle}?</h1>
<p class="lead quiet">Connection ${foreign(view.connection)}, user <code>${foreign(view.userId)}</code>${view.emails.map((email) => html`, <code>${foreign(email)}</code>`)}</p>
${view.again === undefined ? '' : html`<p class="notice note lead">${view.again}</p>`}
${standingNotice(frame, waiting, standing)}
<div class="split">
<section class="sheet" aria-labelledby="what"><h2 id="what">What changes</h2>${changeList(view)}</section>
<section class="sheet side" aria-labelledby="who"><h2 id="who">Who asks</h2>${facts(waiting, standing)}</section>
${decisions(frame, waiting, standing, faults)}
</div>`,
  };
}

function decisions(frame: Frame, waiting: Waiting, standing: Standing, faults: readonly FieldError[]): Markup | string {
  const { id } = waiting.row;
  if (standing.kind === 'open') {
    const approve = approveForm(frame, waiting.view, id, secretsToType(waiting), faults);
    return html`<div class="decide">${approve}${declineForm(frame, id, faults)}</div>`;
  }
  return standing.kind === 'own' ? html`<div class="decide">${declineForm(frame, id, faults)}</div>` : '';
}

function facts({ row, view }: Waiting, { needed }: Standing): Markup {
  const left = row.expiresAt - Date.now();
  const decided = row.decisions.map(
    ({ approver, yes, at, reason, takenBack }) =>
      html`<div><dt>${yes ? 'Approved by' : 'Declined by'}</dt><dd>${approver}, ${toClock(at)}${takenBack === undefined ? '' : `, taken back ${toClock(takenBack)}`}${reason === undefined ? '' : html`: ${foreign(reason)}`}</dd></div>`,
  );
  return html`<dl class="facts">
<div><dt>Caller, as verified</dt><dd>${foreign(view.caller)}</dd></div>
${view.client === undefined ? '' : html`<div><dt>The client says it is (not verified)</dt><dd>${foreign(view.client)}</dd></div>`}
<div><dt>Reason given</dt><dd>${view.reason === undefined ? html`<span class="none">none</span>` : foreign(view.reason)}</dd></div>
${view.undoes === undefined ? '' : html`<div><dt>Undoes change</dt><dd><code>${foreign(view.undoes)}</code></dd></div>`}
<div><dt>Asked</dt><dd><time datetime="${row.createdAt}">${toClock(row.createdAt)}</time>, ${toDuration(Date.now() - Date.parse(row.createdAt))} ago</dd></div>
<div><dt>${left > 0 ? 'Open until' : 'Was open until'}</dt><dd><time datetime="${new Date(row.expiresAt).toISOString()}">${toClock(row.expiresAt)}</time>${left > 0 ? `, ${toDuration(left)} more` : ''}</dd></div>
<div><dt>Why a person is asked</dt><dd>policy says “${view.verdict}” (${view.rule})${needed > 1 ? `; ${needed} approvers have to agree` : ''}</dd></div>
${decided}
</dl>`;
}
