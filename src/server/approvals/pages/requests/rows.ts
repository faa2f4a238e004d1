import { html } from 'hono/html';
import type { PersonChange } from '../../../../approvals/snapshot.ts';
import { isRightToLeft, PIECE, quote, quoteExactly, quoteName } from '../../../../lib/text/quote.ts';
import { isRisky, riskyFirst } from '../../../../update/confirm/headline.ts';
import { referenceNote } from '../../../../update/confirm/references.ts';
import { SECRET } from '../../../../update/redact/mask.ts';
import type { ChangeView } from '../../../../update/redact/types.ts';
import type { Markup } from '../layout.ts';
import { markDifference } from './diff.ts';

/** What is changed, and which of the new values an approver types. */
interface ShownRows {
  person: PersonChange;
  askFor: readonly string[];
  /** Of thousands of rows in a table, headings would be no help. */
  areNamesHeadings: boolean;
}

/**
 * Warnings first, then a row for every leaf change, those that are a risk first. Nothing is cut. The markup of a row does
 * not depend on its values: the page's own words are set apart from values, which are always quoted or numbers.
 */
export function changeRows(person: PersonChange, askFor: readonly string[] = []): Markup {
  return rowsOf({ person, askFor, areNamesHeadings: true });
}

/** The same for one of many people, in a cell of a table. */
export function changeCell(person: PersonChange): Markup {
  return rowsOf({ person, askFor: [], areNamesHeadings: false });
}

function rowsOf(shown: ShownRows): Markup {
  const { warnings, changes, stripped } = shown.person;
  return html`${warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
<ul class="rows">
${riskyFirst(changes).map((change) => row(shown, change))}
${stripped.map(
  (field) =>
    html`<li>${fieldName(shown, html`<code>${quoteName(field)}</code> <span class="quiet">left out by policy; stays as it is</span>`)}</li>`,
)}
</ul>`;
}

function fieldName({ areNamesHeadings }: ShownRows, name: Markup): Markup {
  return areNamesHeadings ? html`<h3 class="field">${name}</h3>` : html`<p class="field">${name}</p>`;
}

function row(shown: ShownRows, change: ChangeView<'person'>): Markup {
  const isContested = shown.person.contested.includes(change.field);
  const risk = isRisky(change) ? html` <span class="tag">Risk: ${change.effect}</span>` : '';
  const name = quoteName(change.place ?? change.field);
  return html`<li class="${isRisky(change) ? 'risk' : ''}">${fieldName(shown, html`<code>${name}</code>${risk}${change.cleared ? html` <span class="loss">is emptied</span>` : ''}`)}
${moves(shown, change)}
${isContested ? html`<p class="warning">Someone else changed this since. Approving overwrites it.</p>` : ''}
</li>`;
}

function moves({ askFor }: ShownRows, change: ChangeView<'person'>): Markup {
  if (askFor.includes(change.field)) {
    return beforeAfter(html`hidden`, html`a new value, typed in by an approver`, false);
  }
  const { list } = change;
  if (!list || (Array.isArray(change.before) !== Array.isArray(change.after) && change.exact)) {
    return wholeValues(change);
  }
  return html`<ul class="entries">
${list.removed.map((entry) => html`<li><span class="loss">Removed</span> <code>${quoteExactly(entry)}</code>${note(change, entry)}</li>`)}
${list.added.map((entry) => html`<li><b>Added</b> <code>${quoteExactly(entry)}</code>${note(change, entry)}</li>`)}
</ul>${list.reordered ? wholeValues(change) : ''}`;
}

function wholeValues(change: ChangeView<'person'>): Markup {
  const [before, after] = [valueText(change, change.before), valueText(change, change.after)];
  const [markedBefore, markedAfter] = markDifference(before, after);
  // Side by side, right-to-left text could be taken to stand on the other side of the arrow.
  const isApart = [before, after].some((text) => text.length > PIECE / 3 || isRightToLeft(text));
  return beforeAfter(
    html`${valueMarkup(change, change.before, markedBefore)}${note(change, change.before)}`,
    html`${valueMarkup(change, change.after, markedAfter)}${note(change, change.after)}`,
    isApart,
  );
}

/** The name behind an id. */
function note(change: ChangeView<'person'>, value: unknown): Markup {
  return html`<bdi class="quiet">${referenceNote(change, value)}</bdi>`;
}

/** `isApart`: on lines of their own, with their words. */
export function beforeAfter(before: Markup, after: Markup, isApart: boolean): Markup {
  return html`<dl class="move${isApart ? ' apart' : ''}">
<div><dt>Before</dt><dd>${before}</dd></div>
<div class="after"><dt>After</dt><dd>${after}</dd></div>
</dl>`;
}

function valueText({ exact }: ChangeView<'person'>, value: unknown): string {
  return exact ? quoteExactly(value) : quote(value);
}

function valueMarkup({ exact }: ChangeView<'person'>, value: unknown, marked: Markup): Markup {
  if (value === SECRET) return html`<span class="none">secret, not shown</span>`;
  if (exact && value === undefined) return html`<span class="none">(not set)</span>`;
  if (!exact && (value === undefined || value === null || value === '')) return html`<span class="none">(empty)</span>`;
  return html`<code>${marked}</code>`;
}
