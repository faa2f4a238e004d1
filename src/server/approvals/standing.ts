import { html } from 'hono/html';
import type { Waiting } from '../../approvals/desk.ts';
import { quote } from '../../update/question.ts';
import type { Markup } from './layout.ts';
import { toList } from './words.ts';

/** Where a request stands that this approver cannot decide any more, and what happens next. */
export function standingNotice(
  { row, view }: Waiting,
  standing: 'open' | 'gone' | 'repeated' | 'own',
  approver: string | undefined,
): Markup | string {
  const said = (yes: boolean) => toList(row.decisions.filter((one) => one.yes === yes).map((one) => one.approver));
  if (standing === 'own') {
    return notice(
      'note',
      'You may not approve this',
      html`<p>It was asked for under your own name. Another approver has to decide; you can only decline.</p>`,
    );
  }
  if (row.state === 'approved' && row.expiresAt > Date.now()) {
    return notice(
      'good',
      `Approved by ${said(true)}`,
      html`<p>Nothing has been changed yet. <strong>The agent has to call again with the same arguments</strong>; tell it to go on. Before it writes, the record is read once more: should it have changed meanwhile, you are asked again.</p>
${view.askFor.length > 0 ? html`<p>The new value you typed is kept sealed until then, and nowhere else.</p>` : ''}`,
    );
  }
  if (row.state === 'used') {
    return notice(
      'good',
      `Approved by ${said(true)} and carried out`,
      html`<p>This approval was used, and cannot be used again. How the change ended is on record: <code>update-user-mcp changes list</code>.</p>`,
    );
  }
  if (row.state === 'declined') {
    const reason = row.decisions.find(({ yes }) => !yes)?.reason;
    return notice(
      'bad',
      `Declined by ${said(false)}`,
      html`<p>Nothing was changed. The agent is told when it calls again.${reason === undefined ? '' : html` Reason: ${quote(reason, 500)}`}</p>`,
    );
  }
  if (row.state === 'withdrawn') {
    return notice(
      'note',
      'Overtaken',
      html`<p>This request does not count any more: the record or the request has changed, or its time was over. Nothing was changed by it. If the agent asked again, the newer request is in the list.</p>`,
    );
  }
  if (row.expiresAt <= Date.now()) {
    return notice(
      'note',
      'Too late',
      html`<p>The time for this request is over. Nothing was changed. The agent can ask again.</p>`,
    );
  }
  const yeses = row.decisions.length;
  if (yeses === 0) return '';
  const mine = row.decisions.some((one) => one.approver === approver);
  return notice(
    'note',
    `Approved by ${said(true)}; ${row.needed - yeses} more has to agree`,
    html`<p>${mine ? 'Your yes is recorded. Another approver has to agree before the agent can go on.' : 'Nothing has been changed yet.'}</p>`,
  );
}

function notice(kind: 'good' | 'note' | 'bad', title: string, body: Markup): Markup {
  return html`<div class="notice ${kind} lead" role="status"><h2>${title}</h2>${body}</div>`;
}
