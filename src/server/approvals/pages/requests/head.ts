import { html } from 'hono/html';
import type { Approval } from '../../../../approvals/approval.ts';
import { isBatchSnapshot, type RequestSnapshot } from '../../../../approvals/snapshot.ts';
import { toList } from '../../../../approvals/status/messages.ts';
import type { Review } from '../../../../approvals/status/status.ts';
import { quote } from '../../../../lib/text/quote.ts';
import { headlineParts } from '../../../../update/confirm/headline.ts';
import { peopleText } from '../../../../update/confirm/summary.ts';
import type { Markup, PageFrame } from '../layout.ts';
import { batchLink, callerText, changeLink, quoted, timeLeft } from '../text.ts';

/** The consequence of a request in one line. */
export function headline(snapshot: RequestSnapshot): Markup {
  if (isBatchSnapshot(snapshot)) return html`${headlineText(snapshot)}`;
  const [before, after] = headlineParts(snapshot, snapshot.providerTitle);
  return html`${before}${quoted(snapshot.label)}${after}`;
}

/** The same as text, for the title of a page. */
export function headlineText(snapshot: RequestSnapshot): string {
  if (isBatchSnapshot(snapshot)) {
    const titles = new Set(snapshot.changes.map(({ providerTitle }) => providerTitle));
    return `Changes ${peopleText(snapshot.changes.length)} at ${toList([...titles].sort())}`;
  }
  return headlineParts(snapshot, snapshot.providerTitle).join(quote(snapshot.label));
}

const MAX_EMAILS = 2;

/** Under the headline: who asks and why, who it is about, and until when it can be decided. */
export function byline(frame: PageFrame, { row, snapshot }: Approval, { status }: Review): Markup {
  return html`<p class="by">Asked by ${callerText(snapshot)}</p>
<p class="by">${snapshot.reason === undefined ? html`<span class="none">No reason given</span>` : html`Reason: ${quoted(snapshot.reason)}`}</p>
${isBatchSnapshot(snapshot) ? '' : emailsText(snapshot.emails)}
${snapshot.undoes === undefined ? '' : html`<p class="by">Undoes ${isBatchSnapshot(snapshot) ? html`batch ${batchLink(frame, snapshot.undoes)}` : html`change ${changeLink(frame, snapshot.undoes)}`}</p>`}
<p class="by quiet">${timeLeft(status.kind, row.expiresAt)}</p>`;
}

function emailsText(emails: readonly string[]): Markup | string {
  if (emails.length === 0) return '';
  const shown = emails.slice(0, MAX_EMAILS).map((email, at) => html`${at === 0 ? '' : ', '}${quoted(email)}`);
  const more = emails.length - shown.length;
  return html`<p class="by quiet">${shown}${more > 0 ? ` and ${more} more` : ''}</p>`;
}
