import { html } from 'hono/html';
import { type Approval, isBatch } from '../../../approvals/approval.ts';
import { isYes } from '../../../approvals/eligibility.ts';
import { eligibilityMessage, type StatusMessage, statusMessage, toNames } from '../../../approvals/status/messages.ts';
import type { Review, UsedFor } from '../../../approvals/status/status.ts';
import { form, type Markup, type PageFrame } from './layout.ts';
import { batchLink, changeLink, quoted, toClock } from './text.ts';

/** The status of a request, what it means for this approver, and what happens next. */
export function statusNotice(frame: PageFrame, approval: Approval, review: Review): Markup | string {
  const { status, eligibility, user } = review;
  const message = statusMessage(status, { user, isBatch: isBatch(approval) });
  const own = eligibilityMessage(eligibility);
  const lost = lostYeses(approval, review);
  return html`${eligibility.kind === 'own' || eligibility.kind === 'no-right' ? notice('note', 'You may not approve this', html`<p>${own}</p>`) : ''}
${eligibility.kind === 'sign-in-again' ? notice('note', 'Sign in again to decide', html`<p>${own}</p><p><a href="${frame.home}/sign-in?again=1&to=${approval.row.id}">Sign in again</a></p>`) : ''}
${
  message === undefined
    ? ''
    : notice(
        message.tone,
        message.title,
        html`<p>${eligibility.kind === 'agreed' ? `${own} ` : ''}${message.text}${status.kind === 'declined' && status.reason !== undefined ? html` Reason: ${quoted(status.reason)}` : ''}</p>
${status.kind === 'used' && status.what ? usedLink(frame, status.what) : ''}
${review.newer === undefined ? '' : html`<p><a href="${frame.home}/${review.newer}">The newer request</a></p>`}
${eligibility.kind === 'agreed-as' ? html`<p>${own}</p>` : ''}
${eligibility.kind === 'agreed' ? takeBackForm(frame, approval.row.id) : ''}`,
      )
}
${attemptNotice(frame, review)}
${lost.length === 0 ? '' : html`<p class="notice note lead">No longer counts: the yes of ${toNames(lost)}, who took it back, is no longer an approver as registered then, or counts as one person with another approver.</p>`}`;
}

function usedLink(frame: PageFrame, what: UsedFor): Markup {
  if (what.kind === 'batch') return html`<p>Its changes in the history: batch ${batchLink(frame, what.batchId)}</p>`;
  return html`<p>Change ${changeLink(frame, what.change.changeId)}</p>`;
}

function attemptNotice(frame: PageFrame, { attempt, status }: Review): Markup | string {
  if (!attempt) return '';
  const code = attempt.body.code === undefined ? '' : ` (${attempt.body.code})`;
  const next = status.kind === 'approved' ? ' It is tried again.' : '';
  return html`<p class="notice note lead">It was tried at ${toClock(attempt.at)} and ended: ${attempt.outcome}${code}. Nothing was changed.${next} Change ${changeLink(frame, attempt.changeId)}</p>`;
}

/** While the request can still be decided: approvers whose recorded yes does not count now. */
function lostYeses({ row }: Approval, { status }: Review): string[] {
  if (status.kind !== 'pending' && status.kind !== 'approved') return [];
  const given = row.decisions.filter((one) => one.yes && (!isYes(one) || !status.agreed.includes(one.approver)));
  return [...new Set(given.map(({ approver }) => approver))];
}

function takeBackForm(frame: PageFrame, id: string): Markup {
  return form(
    frame,
    `/${id}/take-back`,
    'Take back',
    html`<button class="plain" type="submit">Take my yes back</button>`,
  );
}

function notice(tone: StatusMessage['tone'], title: string, body: Markup): Markup {
  return html`<div class="notice ${tone} lead" role="status"><h2>${title}</h2>${body}</div>`;
}
