import { html } from 'hono/html';
import { isYes } from '../../../approvals/eligibility.ts';
import type { Standing, Waiting } from '../../../approvals/service.ts';
import { standingWords } from '../../../approvals/status-messages.ts';
import { foreign } from './foreign.ts';
import { type Frame, form, type Markup } from './layout.ts';

/** The status of a request, this approver's part in it, and what happens next. */
export function standingNotice(frame: Frame, waiting: Waiting, standing: Standing): Markup | string {
  const { row } = waiting;
  const words = standingWords(waiting, standing);
  const reason = row.state === 'declined' ? row.decisions.find(({ yes }) => !yes)?.reason : undefined;
  const lost = lostYeses(waiting, standing);
  return html`${standing.kind === 'own' ? notice('note', 'You may not approve this', html`<p>It was asked for under your own name, or under one registered as yours. Another approver has to decide; you can only decline.</p>`) : ''}
${
  words === undefined
    ? ''
    : notice(
        words.kind,
        words.title,
        html`<p>${standing.mayTakeBack ? 'Your yes is recorded. ' : ''}${words.text}${reason === undefined ? '' : html` Reason: ${foreign(reason)}`}</p>
${standing.as === undefined ? '' : html`<p>Your name and “${standing.as}” look alike or are registered as one person, so that yes counts for both of you.</p>`}
${standing.mayTakeBack ? takeBackForm(frame, row.id) : ''}`,
      )
}
${lost.length === 0 ? '' : html`<p class="notice note lead">Does not count any more: the yes of ${lost.join(', ')}, who took it back, is no approver as registered then, or counts as one person with another approver.</p>`}`;
}

/** As long as it can still be decided: yeses that were given and are not enough by themselves any more. */
function lostYeses({ row }: Waiting, { kind, agreed }: Standing): string[] {
  const isOver = row.state !== 'pending' && row.state !== 'approved';
  if (isOver || (kind === 'gone' && row.expiresAt <= Date.now())) return [];
  const given = row.decisions.filter((one) => one.yes && (!isYes(one) || !agreed.includes(one.approver)));
  return [...new Set(given.map(({ approver }) => approver))];
}

function takeBackForm(frame: Frame, id: string): Markup {
  return form(
    frame,
    `/${id}/take-back`,
    'Take back',
    html`<button class="plain" type="submit">Take my yes back</button>`,
  );
}

function notice(kind: 'good' | 'note' | 'bad', title: string, body: Markup): Markup {
  return html`<div class="notice ${kind} lead" role="status"><h2>${title}</h2>${body}</div>`;
}
