import { html } from 'hono/html';
import type { ApprovalSnapshot } from '../../../../approvals/snapshot.ts';
import { isRightToLeft, PIECE, quote, quoteExactly, quoteName } from '../../../../lib/text/quote.ts';
import { isRisky, riskyFirst } from '../../../../update/confirm/headline.ts';
import { referenceNote } from '../../../../update/confirm/references.ts';
import { SECRET } from '../../../../update/redact/mask.ts';
import type { ChangeView } from '../../../../update/redact/types.ts';
import type { Markup } from '../layout.ts';
import { markDifference } from './diff.ts';

/**
 * Warnings first, then a row for every leaf change, those that are a risk first. Nothing is cut. The markup of a row does
 * not depend on its values: the page's own words are set apart from values, which are always quoted or numbers.
 */
export function changeRows(snapshot: ApprovalSnapshot): Markup {
  return html`${snapshot.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
<ul class="rows">
${riskyFirst(snapshot.changes).map((change) => row(snapshot, change))}
${snapshot.stripped.map(
  (field) =>
    html`<li><h3 class="field"><code>${quoteName(field)}</code> <span class="quiet">left out by policy; stays as it is</span></h3></li>`,
)}
</ul>`;
}

function row(snapshot: ApprovalSnapshot, change: ChangeView<'person'>): Markup {
  const isContested = snapshot.contested.includes(change.field);
  const risk = isRisky(change) ? html` <span class="tag">Risk: ${change.effect}</span>` : '';
  const name = quoteName(change.place ?? change.field);
  return html`<li class="${isRisky(change) ? 'risk' : ''}"><h3 class="field"><code>${name}</code>${risk}${change.cleared ? html` <span class="loss">is emptied</span>` : ''}</h3>
${moves(snapshot, change)}
${isContested ? html`<p class="warning">Someone else changed this since. Approving overwrites it.</p>` : ''}
</li>`;
}

function moves(snapshot: ApprovalSnapshot, change: ChangeView<'person'>): Markup {
  if (snapshot.askFor.includes(change.field)) {
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
