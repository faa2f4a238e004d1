import { html } from 'hono/html';
import type { Waiting } from '../../approvals/desk.ts';
import { EFFECTS, quote } from '../../update/question.ts';
import type { Frame, Markup, Page } from './layout.ts';
import { toDuration, toList } from './words.ts';

/** What `Desk.waiting` found. */
export interface WaitingList {
  waiting: readonly Waiting[];
  unreadable: number;
  more: number;
}

/** Everything that waits for a decision. */
export function listPage(frame: Frame, { waiting, unreadable, more }: WaitingList): Page {
  const count = waiting.length + more;
  const title = count === 0 ? 'Nothing to approve' : `${count} to approve`;
  return {
    title,
    body: html`<h1>${count === 0 ? 'Nothing waits for approval' : `Waiting for approval: ${count}`}</h1>
${
  waiting.length === 0
    ? html`<p class="lead quiet">When an agent asks for a change that needs a person’s approval, it shows up here. Reload to look again.</p>`
    : html`<ul class="requests lead">${waiting.map((one) => item(frame, one))}</ul>`
}
${
  more === 0
    ? ''
    : html`<p class="notice note lead">Shown are the newest ${waiting.length}; ${more} older ones follow as these are decided.</p>`
}
${
  unreadable === 0
    ? ''
    : html`<p class="notice note lead">Not shown: ${unreadable}, sealed with a key that is not at hand (UPDATE_USER_KEY).</p>`
}`,
  };
}

function item(frame: Frame, { row, view }: Waiting): Markup {
  const now = Date.now();
  const effects = new Set(view.fields.flatMap(({ effect }) => EFFECTS[effect] ?? []));
  const mine = row.decisions.some(({ approver }) => approver === frame.approver);
  return html`<li><a class="sheet request" href="${frame.home}/${row.id}">
<span class="who">Update ${quote(view.label)} at ${view.providerTitle}</span>
<span class="what">${toList(view.fields.map(({ field }) => field))} <span class="quiet">· connection ${quote(view.connection)}</span></span>
${[...effects].map((effect) => html`<span class="effect strong">${effect}</span>`)}
<span class="when">Asked by ${quote(view.client ?? view.caller)} ${toDuration(now - Date.parse(row.createdAt))} ago, open for ${toDuration(row.expiresAt - now)} more${mine ? '; you approved it, another approver has to agree' : ''}</span>
</a></li>`;
}
