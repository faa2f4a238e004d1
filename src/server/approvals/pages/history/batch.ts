import { html } from 'hono/html';
import { quoteName } from '../../../../lib/text/quote.ts';
import type { Entry } from '../../../../store/log/entry.ts';
import { recordedCounts, toCount } from '../../../../update/batch/outcome.ts';
import { OUTCOMES } from '../../../../update/types.ts';
import type { BatchFacts } from '../../history/batch.ts';
import type { Markup, PageFrame } from '../layout.ts';
import { batchLink, instant, namesText, quoted } from '../text.ts';
import { meaningOfOutcome } from './outcomes.ts';

/** The heading of the changes of one batch. */
export function batchTitle({ titles }: Pick<PageFrame, 'titles'>, { providers, hasHidden, last }: BatchFacts): string {
  const people = toCount(last.body.people);
  const records = people === 1 ? '1 user record' : `${people.toLocaleString('en')} user records`;
  const where = providers.map((id) => titles.get(id) ?? quoteName(id)).join(', ');
  // A number that covers other services would tell of them.
  return `Batch of ${hasHidden ? 'user records' : records} at ${where}`;
}

/** What the batch was: who asked, what policy said, who agreed, and how it went. */
export function batchSection(frame: PageFrame, facts: BatchFacts, resumeCommand: string): Markup {
  const { id, events, last, hasHidden, undoneBy } = facts;
  const [{ body }] = events;
  // A resumed batch may have been agreed to more than once, and a refused one has no entry of its beginning.
  const named = (name: 'approvedBy' | 'declinedBy' | 'approvalId'): string[] => [
    ...new Set(events.flatMap((event) => event.body[name] ?? [])),
  ];
  return html`<section class="sheet lead" aria-labelledby="whole"><h2 id="whole">The batch</h2>
${hasHidden ? html`<p class="notice note">It also has changes at services that you have no right at. They are not shown, and neither are counts that include them.</p>` : ''}
${unfinishedNote(last, resumeCommand)}
<dl class="facts">
<div><dt>Batch</dt><dd><code>${quoteName(id)}</code></dd></div>
<div><dt>Tool</dt><dd><code>${quoteName(body.tool)}</code></dd></div>
<div><dt>Asked by, as verified</dt><dd>${quoted(body.caller)}</dd></div>
${body.client === undefined ? '' : html`<div><dt>The client says it is (not verified)</dt><dd>${quoted(body.client)}</dd></div>`}
<div><dt>Reason given</dt><dd>${body.reason === undefined ? html`<span class="none">none</span>` : quoted(body.reason)}</dd></div>
${body.verdict === undefined ? '' : html`<div><dt>Policy, strictest of all</dt><dd>“${body.verdict}” (${quoted(body.ruleName ?? body.rule ?? 'built-in')})</dd></div>`}
<div><dt>All or nothing</dt><dd>${body.allOrNothing === true ? 'Yes: if one change could not be made, none was to be' : 'No: each change by itself'}</dd></div>
${named('approvedBy').map((names) => html`<div><dt>Agreed</dt><dd>${namesText(names)}</dd></div>`)}
${named('declinedBy').map((names) => html`<div><dt>Declined</dt><dd>${namesText(names)}</dd></div>`)}
${named('approvedBy').length === 0 && body.answeredAfterMs !== undefined ? html`<div><dt>Question</dt><dd>Asked in the client or at the terminal, and answered there</dd></div>` : ''}
${named('approvalId').map((one) => html`<div><dt>Request for approval</dt><dd><a href="${frame.home}/${encodeURIComponent(one)}"><code>${quoteName(one)}</code></a></dd></div>`)}
${body.undoes === undefined ? '' : html`<div><dt>Undoes the batch</dt><dd>${batchLink(frame, body.undoes)}</dd></div>`}
${undoneBy.map((undo) => html`<div><dt>Undone by the batch</dt><dd>${batchLink(frame, undo)}</dd></div>`)}
${events.map((event) => eventRow(event, hasHidden))}
</dl></section>`;
}

function unfinishedNote({ outcome, body }: BatchFacts['last'], resumeCommand: string): Markup | '' {
  if (outcome !== 'finished')
    return html`<p class="notice note">It has not finished: it is under way, or was interrupted. After an interruption, <code>${resumeCommand}</code> goes on with it.</p>`;
  if (body.interrupted !== true) return '';
  return html`<p class="notice note">It was interrupted. For a week, <code>${resumeCommand}</code> goes on with it.</p>`;
}

function eventRow({ outcome, at, body }: Entry, hasHidden: boolean): Markup {
  return html`<div><dt>${eventName(outcome, body)}</dt><dd>${instant(at)}${outcome === 'finished' && !hasHidden ? html`: ${countsText(body)}` : ''}</dd></div>`;
}

function eventName(outcome: string, { resumed, interrupted }: Entry['body']): string {
  if (outcome !== 'finished') return 'Opened';
  if (interrupted === true) return 'Interrupted';
  return resumed === true ? 'Finished, after it was resumed' : 'Finished';
}

function countsText(body: Entry['body']): string {
  const counts = recordedCounts(body);
  const parts = OUTCOMES.flatMap((name) =>
    counts[name] ? [`${counts[name].toLocaleString('en')} ${meaningOfOutcome(name).title.toLowerCase()}`] : [],
  );
  return parts.join(', ') || 'no counts';
}
