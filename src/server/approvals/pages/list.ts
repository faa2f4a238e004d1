import { html } from 'hono/html';
import type { Waiting, WaitingPage } from '../../../approvals/service.ts';
import type { ApprovalCursor } from '../../../store/approvals.ts';
import { askedBy, excerpt, foreign, namesOf } from './foreign.ts';
import { toDuration } from './format.ts';
import type { Frame, Markup, Page } from './layout.ts';

/** Which part of what is still open is shown. */
export interface ListPage extends WaitingPage {
  state: 'pending' | 'approved';
  /** How many are pending in all. */
  pending: number;
  /** Whether others expire sooner than those on this page. */
  isLater: boolean;
  /** Whether anything was approved and not used yet. */
  hasApproved: boolean;
}

/** Everything that waits for a decision, or for its use; soonest to expire first. */
export function listPage(frame: Frame, list: ListPage): Page {
  const { state, pending, waiting, unreadable } = list;
  const isPending = state === 'pending';
  return {
    title: isPending ? (pending === 0 ? 'Nothing to approve' : `${pending} to approve`) : 'Approved, not used yet',
    body: html`<h1>${isPending ? (pending === 0 ? 'Nothing waits for approval' : `Waiting for approval: ${pending}`) : 'Approved, not used yet'}</h1>
${waiting.length === 0 ? emptyWords(list) : html`<ul class="requests lead">${waiting.map((one) => item(frame, one))}</ul>`}
${
  unreadable === 0
    ? ''
    : html`<p class="notice note lead">Not shown: ${unreadable}, sealed with a key that is not at hand (UPDATE_USER_KEY).</p>`
}
${pages(frame, list)}`,
  };
}

/** The rest of the list, and the other list. */
function pages({ home }: Frame, { state, next, isLater, hasApproved }: ListPage): Markup | string {
  const of = state === 'pending' ? '' : 'state=approved';
  const links = [
    ...(isLater ? [html`<a href="${home}${of === '' ? '' : `?${of}`}">First page</a>`] : []),
    ...(next ? [html`<a href="${home}?${of === '' ? '' : `${of}&`}after=${toCursorText(next)}">Next page</a>`] : []),
    ...(state === 'approved' ? [html`<a href="${home}">What waits</a>`] : []),
    ...(state === 'pending' && hasApproved ? [html`<a href="${home}?state=approved">Approved, not used yet</a>`] : []),
  ];
  return links.length === 0 ? '' : html`<nav class="pages" aria-label="Pages">${links}</nav>`;
}

function emptyWords({ state, isLater, unreadable }: ListPage): Markup | string {
  if (unreadable > 0) return '';
  if (isLater) return html`<p class="lead quiet">No more on this page.</p>`;
  if (state === 'approved') return html`<p class="lead quiet">Every yes was used, taken back, or is over.</p>`;
  return html`<p class="lead quiet">When an agent asks for a change that needs a person’s approval, it shows up here. Reload to look again.</p>`;
}

function item(frame: Frame, { row, view }: Waiting): Markup {
  const now = Date.now();
  const mine = row.decisions.some(
    ({ approver, yes, takenBack }) => approver === frame.approver && yes && takenBack === undefined,
  );
  const agreed = row.state === 'approved' ? '; you approved it' : '; you approved it, another approver has to agree';
  return html`<li><a class="sheet request" href="${frame.home}/${row.id}">
<span class="who">Update ${excerpt(view.label)} at ${view.providerTitle}</span>
<span class="what">${namesOf(view.changes)} <span class="quiet">· connection ${foreign(view.connection)}</span></span>
${view.warnings.map((warning) => html`<span class="effect strong">${warning}</span>`)}
<span class="when">Asked by ${askedBy(view)} ${toDuration(now - Date.parse(row.createdAt))} ago, open for ${toDuration(row.expiresAt - now)} more${mine ? agreed : ''}</span>
</a></li>`;
}

function toCursorText({ expiresAt, id }: ApprovalCursor): string {
  return `${expiresAt}.${id}`;
}

/** What `toCursorText` wrote; undefined for anything else. */
export function readCursor(text: string): ApprovalCursor | undefined {
  const [, expiresAt, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text) ?? [];
  return expiresAt === undefined || id === undefined ? undefined : { expiresAt: Number(expiresAt), id };
}
