import { html } from 'hono/html';
import type { Approval } from '../../../../approvals/approval.ts';
import type { ApprovalSnapshot } from '../../../../approvals/snapshot.ts';
import type { Review } from '../../../../approvals/status.ts';
import { quote } from '../../../../lib/text/quote.ts';
import { headlineParts } from '../../../../update/confirm/headline.ts';
import type { Markup, PageFrame } from '../layout.ts';
import { callerText, changeLink, quoted, timeLeft } from '../text.ts';

/** The consequence of a request in one line. */
export function headline(snapshot: ApprovalSnapshot): Markup {
  const [before, after] = headlineParts(snapshot, snapshot.providerTitle);
  return html`${before}${quoted(snapshot.label)}${after}`;
}

/** The same as text, for the title of a page. */
export function headlineText(snapshot: ApprovalSnapshot): string {
  return headlineParts(snapshot, snapshot.providerTitle).join(quote(snapshot.label));
}

const MAX_EMAILS = 2;

/** Under the headline: who asks and why, who it is about, and until when it can be decided. */
export function byline(frame: PageFrame, { row, snapshot }: Approval, { status }: Review): Markup {
  const emails = snapshot.emails.slice(0, MAX_EMAILS).map((email, at) => html`${at === 0 ? '' : ', '}${quoted(email)}`);
  const more = snapshot.emails.length - emails.length;
  return html`<p class="by">Asked by ${callerText(snapshot)}</p>
<p class="by">${snapshot.reason === undefined ? html`<span class="none">No reason given</span>` : html`Reason: ${quoted(snapshot.reason)}`}</p>
${emails.length === 0 ? '' : html`<p class="by quiet">${emails}${more > 0 ? ` and ${more} more` : ''}</p>`}
${snapshot.undoes === undefined ? '' : html`<p class="by">Undoes change ${changeLink(frame, snapshot.undoes)}</p>`}
<p class="by quiet">${timeLeft(status.kind, row.expiresAt)}</p>`;
}
