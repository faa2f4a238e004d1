import { html } from 'hono/html';
import { secretsToType, type Waiting } from '../../approvals/desk.ts';
import type { Fault } from '../../providers/provider.ts';
import { quote } from '../../update/question.ts';
import { changeList } from './changes.ts';
import { approveForm, declineForm, labelOf } from './decide-forms.ts';
import { summary } from './inputs.ts';
import type { Frame, Markup, Page } from './layout.ts';
import { standingNotice } from './standing.ts';
import { toClock, toDuration } from './words.ts';

/** What an approver may still do about a request. */
export type Standing = 'open' | 'gone' | 'repeated' | 'own';

/** One request: what would change, who asks, and, as long as it is open, the two ways to decide. */
export function requestPage(frame: Frame, waiting: Waiting, standing: Standing, faults: readonly Fault[] = []): Page {
  const { row, view } = waiting;
  const faulty = faults.length > 0;
  return {
    title: `Update ${quote(view.label)}`,
    faulty,
    body: html`<p class="small"><a href="${frame.home}"><span aria-hidden="true">← </span>All requests</a></p>
${faulty ? summary('Not approved yet', faults, labelOf) : ''}
<h1 class="lead">Update ${quote(view.label)} at ${view.providerTitle}?</h1>
<p class="lead quiet">Connection ${quote(view.connection)}, user <code>${quote(view.userId)}</code>${view.emails.map((email) => html`, <code>${quote(email)}</code>`)}</p>
${view.again === undefined ? '' : html`<p class="notice note lead">${view.again}</p>`}
${standingNotice(waiting, standing, frame.approver)}
<div class="split">
<section class="sheet" aria-labelledby="what"><h2 id="what">What changes</h2>${changeList(view)}</section>
<section class="sheet side" aria-labelledby="who"><h2 id="who">Who asks</h2>${facts(waiting)}</section>
${decisions(frame, waiting, standing, faults)}
</div>`,
  };
}

function decisions(frame: Frame, waiting: Waiting, standing: Standing, faults: readonly Fault[]): Markup | string {
  const { id } = waiting.row;
  if (standing === 'open') {
    const approve = approveForm(frame, waiting.view, id, secretsToType(waiting), faults);
    return html`<div class="decide">${approve}${declineForm(frame, id)}</div>`;
  }
  return standing === 'own' ? html`<div class="decide">${declineForm(frame, id)}</div>` : '';
}

function facts({ row, view }: Waiting): Markup {
  const left = row.expiresAt - Date.now();
  const decided = row.decisions.map(
    ({ approver, yes, at, reason }) =>
      html`<div><dt>${yes ? 'Approved by' : 'Declined by'}</dt><dd>${approver}, ${toClock(at)}${reason === undefined ? '' : html`: ${quote(reason)}`}</dd></div>`,
  );
  return html`<dl class="facts">
<div><dt>Agent</dt><dd>${quote(view.client ?? view.caller)}</dd></div>
<div><dt>Caller, as verified</dt><dd>${quote(view.caller)}</dd></div>
<div><dt>Reason given</dt><dd>${view.reason === undefined ? html`<span class="none">none</span>` : quote(view.reason, 2000)}</dd></div>
${view.undoes === undefined ? '' : html`<div><dt>Undoes change</dt><dd><code>${quote(view.undoes)}</code></dd></div>`}
<div><dt>Asked</dt><dd><time datetime="${row.createdAt}">${toClock(row.createdAt)}</time>, ${toDuration(Date.now() - Date.parse(row.createdAt))} ago</dd></div>
<div><dt>${left > 0 ? 'Open until' : 'Was open until'}</dt><dd><time datetime="${new Date(row.expiresAt).toISOString()}">${toClock(row.expiresAt)}</time>${left > 0 ? `, ${toDuration(left)} more` : ''}</dd></div>
<div><dt>Why a person is asked</dt><dd>policy says “${view.verdict}” (${view.rule})${row.needed > 1 ? `; ${row.needed} approvers have to agree` : ''}</dd></div>
${decided}
</dl>`;
}
