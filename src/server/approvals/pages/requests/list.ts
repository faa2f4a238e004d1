import { html } from 'hono/html';
import { type Approval, type ApprovalList, isBatch, type SingleApproval } from '../../../../approvals/approval.ts';
import { isYes } from '../../../../approvals/eligibility.ts';
import { groupsOf, likenessOf, MAX_TOGETHER, mustBeDecidedAlone, personOf } from '../../../../approvals/together.ts';
import type { ApprovalCursor } from '../../../../store/approvals.ts';
import type { HtmlPage, Markup, PageFrame } from '../layout.ts';
import { callerText, excerpt, quoted, timeLeft, toDuration } from '../text.ts';
import { batchPreview } from './batch.ts';
import { filterForm, filterQuery, isFiltered, type RequestFilter } from './filters.ts';
import { headline, headlineText } from './head.ts';
import { changePreview, sameChange } from './preview.ts';
import { pickName } from './together.ts';

/** One page of the pending requests, or of those approved and not used yet. */
export interface ListView extends ApprovalList {
  state: 'pending' | 'approved';
  /** How many are pending in all. */
  pending: number;
  filter: RequestFilter;
  /** Those whose requests there may be. */
  providers: readonly { id: string; title: string }[];
  /** Whether no request expires sooner than those on this page. */
  isFirst: boolean;
  /** Whether anything was approved and not used yet. */
  hasApproved: boolean;
}

export function listPage(frame: PageFrame, list: ListView): HtmlPage {
  const { state, pending, approvals, unreadable, filter, providers } = list;
  const isPending = state === 'pending';
  return {
    title: isPending ? (pending === 0 ? 'Nothing to approve' : `${pending} to approve`) : 'Approved, not used yet',
    body: html`<h1>${isPending ? (pending === 0 ? 'Nothing is waiting for approval' : `Waiting for approval: ${pending}`) : 'Approved, not used yet'}</h1>
${pending === 0 && isPending && !isFiltered(filter) ? '' : filterForm(frame, filter, state, providers)}${isFiltered(filter) && approvals.length > 0 ? html`<p class="lead quiet">On this page, as filtered: ${approvals.length}</p>` : ''}
${approvals.length === 0 ? emptyText(list) : requests(frame, list)}
${
  unreadable === 0
    ? ''
    : html`<p class="notice note lead">Not shown: ${unreadable}, sealed with a key that is not available here (UPDATE_USER_KEY).</p>`
}
${pageLinks(frame, list)}`,
  };
}

/** By person; a group stands where its soonest request would. */
function requests(frame: PageFrame, { approvals, state }: ListView): Markup {
  const isPending = state === 'pending';
  const groups = groupsOf(approvals, personOf);
  const shown = groups.map(
    (group) => html`<section class="group"><h2>${person(group)}</h2>
<ul class="requests">${group.map((one) => item(frame, one, isPending))}</ul></section>`,
  );
  if (!isPending || approvals.length < 2) return html`${shown}`;
  return html`${alikeLinks(frame, approvals)}
<form method="get" action="${frame.home}/together" aria-label="Decide together">${shown}
<p class="lead"><button class="plain" type="submit">Look at the selected together</button></p></form>`;
}

function person([first]: readonly Approval[]): Markup | string {
  if (!first) return '';
  if (isBatch(first)) return 'Batch';
  const { label, providerTitle, connection, provider } = first.snapshot;
  const account = connection === provider ? '' : html`, connection ${quoted(connection)}`;
  return html`${excerpt(label)} <span class="quiet">at ${providerTitle}${account}</span>`;
}

/** Requests of one caller that make the same change to several people. */
function alikeLinks({ home }: PageFrame, approvals: readonly Approval[]): Markup | string {
  const able = approvals.flatMap((one) => (isBatch(one) || mustBeDecidedAlone(one) ? [] : [one]));
  const alike = groupsOf(able, likenessOf).filter((group) => group.length > 1);
  if (alike.length === 0) return '';
  const links = alike.map((group) => {
    const picks = new URLSearchParams(
      group.slice(0, MAX_TOGETHER).map(({ row }): [string, string] => [pickName(row.id), 'on']),
    );
    const [first] = group;
    return html`<li><a href="${home}/together?${picks.toString()}">${group.length} alike</a>${first ? html`: ${sameChange(first.snapshot.changes)} at ${first.snapshot.providerTitle}, asked by ${quoted(first.row.caller)}` : ''}</li>`;
  });
  return html`<ul class="alike lead" aria-label="Requests for the same change">${links}</ul>`;
}

/** Links to the other pages of this list, and to the other list. */
function pageLinks({ home }: PageFrame, { state, next, isFirst, hasApproved, filter }: ListView): Markup | string {
  const link = (more: [string, string][], text: string) => {
    const query = new URLSearchParams([...more, ...filterQuery(filter)]).toString();
    return html`<a href="${home}${query === '' ? '' : `?${query}`}">${text}</a>`;
  };
  const own: [string, string][] = state === 'pending' ? [] : [['state', state]];
  const links = [
    ...(isFirst ? [] : [link(own, 'First page')]),
    ...(next ? [link([...own, ['after', cursorText(next)]], 'Next page')] : []),
    ...(state === 'approved' ? [link([], 'Waiting for approval')] : []),
    ...(state === 'pending' && hasApproved ? [link([['state', 'approved']], 'Approved, not used yet')] : []),
  ];
  return links.length === 0 ? '' : html`<nav class="pages" aria-label="Pages">${links}</nav>`;
}

function emptyText({ state, isFirst, unreadable, filter, next }: ListView): Markup | string {
  if (next) return html`<p class="lead quiet">None so far; there are more to look through.</p>`;
  if (isFiltered(filter)) return html`<p class="lead quiet">No request is like that.</p>`;
  if (unreadable > 0) return '';
  if (!isFirst) return html`<p class="lead quiet">No more on this page.</p>`;
  if (state === 'approved') return html`<p class="lead quiet">Every yes was used, taken back, or has expired.</p>`;
  return html`<p class="lead quiet">When an agent asks for a change that needs a person’s approval, it appears here. Reload to look again.</p>`;
}

function item(frame: PageFrame, approval: Approval, isPending: boolean): Markup {
  const { row, snapshot } = approval;
  const isMine = row.decisions.some((decision) => decision.approver === frame.approver && isYes(decision));
  const agreed = row.state === 'approved' ? '; you approved it' : '; you approved it, another approver has to agree';
  const alone = mustBeDecidedAlone(approval);
  const pick =
    !isPending || alone !== undefined
      ? ''
      : html`<input class="pick" type="checkbox" name="${pickName(row.id)}" aria-label="Select: ${headlineText(snapshot)}">`;
  return html`<li class="sheet request">${pick}<div>
<h3><a href="${frame.home}/${row.id}">${headline(snapshot)}</a></h3>
${isBatch(approval) ? batchPreview(approval.snapshot) : preview(approval)}
<p class="by">${snapshot.reason === undefined ? html`<span class="none">No reason given</span>` : html`Reason: ${excerpt(snapshot.reason)}`}</p>
<p class="by quiet">Asked by ${callerText(snapshot)} ${toDuration(Date.now() - Date.parse(row.createdAt))} ago. ${timeLeft(isPending ? 'pending' : 'approved', row.expiresAt)}${isMine ? agreed : ''}</p>
${isPending && alone !== undefined ? html`<p class="by quiet">${alone}</p>` : ''}
</div></li>`;
}

function preview({ snapshot }: SingleApproval): Markup {
  return html`${snapshot.warnings.map((warning) => html`<p class="strong">${warning}</p>`)}
${changePreview(snapshot.changes)}`;
}

function cursorText({ expiresAt, id }: ApprovalCursor): string {
  return `${expiresAt}.${id}`;
}

/** Undefined for anything but the value of a "Next page" link. */
export function parseCursor(text: string): ApprovalCursor | undefined {
  const [, expiresAt, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text) ?? [];
  return expiresAt === undefined || id === undefined ? undefined : { expiresAt: Number(expiresAt), id };
}
