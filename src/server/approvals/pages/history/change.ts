import { html } from 'hono/html';
import { bounds } from '../../../../bounds.ts';
import { quoteName } from '../../../../lib/text/quote.ts';
import type { FieldError } from '../../../../providers/provider.ts';
import type { Result } from '../../../../update/types.ts';
import type { ChangeFacts } from '../../history/change.ts';
import { errorText } from '../form-controls.ts';
import { form, type HtmlPage, type Markup, type PageFrame } from '../layout.ts';
import { instant, quoted } from '../text.ts';
import { askedFacts } from './asked.ts';
import { entryTable } from './entries.ts';
import { meaningOf, whomText } from './outcomes.ts';
import { fieldRows, firstNames } from './values.ts';

/** What came of pressing "Undo", where no request was made. */
export interface UndoAnswer {
  result?: Result;
  errors?: readonly FieldError[];
}

/** One change: what it did, who asked, who agreed, and its entries in the audit log. */
export function changePage(frame: PageFrame, facts: ChangeFacts, answer: UndoAnswer = {}): HtmlPage {
  const { change } = facts;
  const { body } = change;
  const meaning = meaningOf(change);
  const names = firstNames(body.fields);
  const what = body.undoes === undefined ? names : `undo of ${names}`;
  return {
    title: `${meaning.title}: ${what}`,
    hasErrors: (answer.errors ?? []).length > 0,
    body: html`<p class="small"><a href="${frame.home}/history"><span aria-hidden="true">← </span>History</a></p>
${undoNotice(answer)}
<h1 class="lead">${meaning.title}: <bdi>${what}</bdi></h1>
<p class="lead quiet">${whomText(frame, change)}, ${instant(change.at)}. ${meaning.text}</p>
${changeNotes(facts)}
<div class="split">
<section class="sheet" aria-labelledby="what"><h2 id="what">What ${change.outcome === 'updated' ? 'changed' : 'was asked for'}</h2>
<p class="small quiet masked">Personal values are masked, as in the audit log.</p>
${body.fields.length === 0 ? html`<p class="none">The entry names no field.</p>` : fieldRows(body.fields)}
${besides(facts)}</section>
<section class="sheet side" aria-labelledby="who"><h2 id="who">Who and why</h2>${askedFacts(frame, facts)}</section>
<div>${undoSection(frame, facts, answer)}
<section class="sheet" aria-labelledby="log"><h2 id="log">In the audit log</h2>${entryTable(facts)}</section></div>
</div>`,
  };
}

function changeNotes({ change: { body } }: ChangeFacts): Markup | string {
  const parts = [
    ...(body.code === undefined ? [] : [html`Code <code>${body.code}</code>.`]),
    ...(body.detail === undefined ? [] : [html` ${quoted(body.detail)}`]),
    ...(body.message === undefined ? [] : [html` ${quoted(body.message)}`]),
  ];
  return parts.length === 0 ? '' : html`<p class="notice note lead">${parts}</p>`;
}

/** What changed unasked, and what policy left out. */
function besides({ change: { body } }: ChangeFacts): Markup {
  const collateral = body.collateral ?? [];
  const stripped = body.stripped ?? [];
  return html`${collateral.length === 0 ? '' : html`<h3 class="part">Changed besides, asked for by nobody</h3>${fieldRows(collateral)}`}
${stripped.length === 0 ? '' : html`<p class="part">Left out by policy: ${stripped.map((field, at) => html`${at === 0 ? '' : ', '}<code>${quoteName(field)}</code>`)}</p>`}`;
}

function undoNotice({ result, errors = [] }: UndoAnswer): Markup | string {
  if (errors.length > 0) {
    return html`<div class="notice bad lead" role="alert" tabindex="-1" autofocus><h2>Not asked for</h2>
<ul>${errors.map(({ field, message }) => html`<li><a href="#${field}">The reason</a>: ${message}</li>`)}</ul></div>`;
  }
  if (!result) return '';
  const entry =
    result.change_id === undefined ? '' : html` <span class="quiet">Recorded as ${result.change_id}.</span>`;
  return html`<div class="notice bad lead" role="alert" tabindex="-1" autofocus><h2>Not asked for: ${result.outcome}</h2>
<p>${result.message}${entry}</p></div>`;
}

function undoSection(frame: PageFrame, { change, offer }: ChangeFacts, { errors = [] }: UndoAnswer): Markup | string {
  if (offer.kind === 'none') return '';
  const heading = html`<h2 id="undo">Undo</h2>`;
  if (offer.kind === 'unavailable') {
    return html`<section class="sheet" aria-labelledby="undo">${heading}<p>Not available. ${offer.why}</p></section>`;
  }
  const hasError = errors.some(({ field }) => field === 'reason');
  return html`<section class="sheet" aria-labelledby="undo">${heading}
<p>Asks in your name for the values before this change, for what it changed and nothing else. A different approver decides; then the server carries it out. The user record is read now: what someone changed since needs a yes of its own.</p>
${offer.notes.map((note) => html`<p class="warning">${note}</p>`)}
${form(
  frame,
  `/history/${change.changeId}/undo`,
  'Undo',
  html`<div><label for="reason">Reason, if you like</label><span class="hint" id="reason-hint">Shown to the approver who decides, and kept.</span>
${errorText('reason', errors)}
<input id="reason" name="reason" type="text" autocomplete="off" maxlength="${bounds.reasonCharacters}" aria-describedby="reason-hint${hasError ? ' reason-error' : ''}"${hasError ? html` aria-invalid="true"` : ''}></div>
<button class="neutral" type="submit">Ask to undo this change</button>`,
)}</section>`;
}
