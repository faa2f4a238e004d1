import { html } from 'hono/html';
import type { Approval, ApprovalList } from '../../../approvals/approval.ts';
import { isYes } from '../../../approvals/eligibility.ts';
import type { ApprovalCursor } from '../../../store/approvals.ts';
import type { HtmlPage, Markup, PageFrame } from './layout.ts';
import { callerText, excerpt, fieldNames, quoted, toDuration } from './text.ts';

/** One page of the pending requests, or of those approved and not used yet. */
export interface ListView extends ApprovalList {
  state: 'pending' | 'approved';
  /** How many are pending in all. */
  pending: number;
  /** Whether no request expires sooner than those on this page. */
  isFirst: boolean;
  /** Whether anything was approved and not used yet. */
  hasApproved: boolean;
}

export function listPage(frame: PageFrame, list: ListView): HtmlPage {
  const { state, pending, approvals, unreadable } = list;
  const isPending = state === 'pending';
  return {
    title: isPending ? (pending === 0 ? 'Nothing to approve' : `${pending} to approve`) : 'Approved, not used yet',
    body: html`<h1>${isPending ? (pending === 0 ? 'Nothing is waiting for approval' : `Waiting for approval: ${pending}`) : 'Approved, not used yet'}</h1>
${approvals.length === 0 ? emptyText(list) : html`<ul class="requests lead">${approvals.map((one) => item(frame, one))}</ul>`}
${
  unreadable === 0
    ? ''
    : html`<p class="notice note lead">Not shown: ${unreadable}, sealed with a key that is not available here (UPDATE_USER_KEY).</p>`
}
${pageLinks(frame, list)}`,
  };
}

/** Links to the other pages of this list, and to the other list. */
function pageLinks({ home }: PageFrame, { state, next, isFirst, hasApproved }: ListView): Markup | string {
  const filter = state === 'pending' ? '' : 'state=approved';
  const links = [
    ...(isFirst ? [] : [html`<a href="${home}${filter === '' ? '' : `?${filter}`}">First page</a>`]),
    ...(next
      ? [html`<a href="${home}?${filter === '' ? '' : `${filter}&`}after=${cursorText(next)}">Next page</a>`]
      : []),
    ...(state === 'approved' ? [html`<a href="${home}">Waiting for approval</a>`] : []),
    ...(state === 'pending' && hasApproved ? [html`<a href="${home}?state=approved">Approved, not used yet</a>`] : []),
  ];
  return links.length === 0 ? '' : html`<nav class="pages" aria-label="Pages">${links}</nav>`;
}

function emptyText({ state, isFirst, unreadable }: ListView): Markup | string {
  if (unreadable > 0) return '';
  if (!isFirst) return html`<p class="lead quiet">No more on this page.</p>`;
  if (state === 'approved') return html`<p class="lead quiet">Every yes was used, taken back, or has expired.</p>`;
  return html`<p class="lead quiet">When an agent asks for a change that needs a person’s approval, it appears here. Reload to look again.</p>`;
}

function item(frame: PageFrame, { row, snapshot }: Approval): Markup {
  const now = Date.now();
  const isMine = row.decisions.some((decision) => decision.approver === frame.approver && isYes(decision));
  const agreed = row.state === 'approved' ? '; you approved it' : '; you approved it, another approver has to agree';
  return html`<li><a class="sheet request" href="${frame.home}/${row.id}">
<span class="who">Update ${excerpt(snapshot.label)} at ${snapshot.providerTitle}</span>
<span class="what">${fieldNames(snapshot.changes)} <span class="quiet">· connection ${quoted(snapshot.connection)}</span></span>
${snapshot.warnings.map((warning) => html`<span class="effect strong">${warning}</span>`)}
<span class="when">Asked by ${callerText(snapshot)} ${toDuration(now - Date.parse(row.createdAt))} ago, open for ${toDuration(row.expiresAt - now)} more${isMine ? agreed : ''}</span>
</a></li>`;
}

function cursorText({ expiresAt, id }: ApprovalCursor): string {
  return `${expiresAt}.${id}`;
}

/** Undefined for anything but the value of a "Next page" link. */
export function parseCursor(text: string): ApprovalCursor | undefined {
  const [, expiresAt, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text) ?? [];
  return expiresAt === undefined || id === undefined ? undefined : { expiresAt: Number(expiresAt), id };
}
