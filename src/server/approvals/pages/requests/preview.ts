import { html } from 'hono/html';
import { isRightToLeft, quoteName, quoteStart } from '../../../../lib/text/quote.ts';
import { isRisky, riskyFirst } from '../../../../update/confirm/headline.ts';
import { referenceNote } from '../../../../update/confirm/references.ts';
import type { ChangeView } from '../../../../update/redact/types.ts';
import type { Markup } from '../layout.ts';

const MAX_LINES = 3;
/** Characters of a value; how many more there are is said outside the quotes. */
const MAX_VALUE = 60;

/** The first changes of a request, those that are a risk first, and how many more there are. For lists only. */
export function changePreview(changes: readonly ChangeView<'person'>[]): Markup {
  const lines = riskyFirst(changes).flatMap(linesOf);
  const more = lines.length - MAX_LINES;
  return html`<ul class="preview">${lines.slice(0, MAX_LINES)}${more > 0 ? html`<li class="quiet">and ${more} more ${more === 1 ? 'change' : 'changes'}</li>` : ''}</ul>`;
}

/** What requests for the same change have in common: fields and new values. */
export function sameChange(changes: readonly ChangeView<'person'>[]): Markup {
  const parts = riskyFirst(changes).map(({ field, place, after, list, exact }, at) => {
    const value = list ? '' : html` to <bdi class="new">${quoteStart(after, MAX_VALUE, exact)}</bdi>`;
    return html`${at === 0 ? '' : ', '}<code>${quoteName(place ?? field)}</code>${value}`;
  });
  const more = parts.length - MAX_LINES;
  return html`${parts.slice(0, MAX_LINES)}${more > 0 ? ` and ${more} more` : ''}`;
}

function linesOf(change: ChangeView<'person'>): Markup[] {
  const { list, before, after, exact, asked, place, field } = change;
  const risk = isRisky(change) ? html`<span class="tag">Risk: ${change.effect}</span> ` : '';
  const line = (text: Markup | string) => html`<li>${risk}<code>${quoteName(place ?? field)}</code>${text}</li>`;
  if (asked) return [line(': a new value, typed in by an approver')];
  if (!list || (Array.isArray(before) !== Array.isArray(after) && exact)) {
    const [from, to] = [quoteStart(before, MAX_VALUE, exact), quoteStart(after, MAX_VALUE, exact)];
    // An arrow next to right-to-left text could point either way.
    const isApart = isRightToLeft(from) || isRightToLeft(to);
    return [
      line(
        html`${isApart ? ' from ' : ': '}<bdi>${from}${referenceNote(change, before)}</bdi>${isApart ? ' to ' : ' → '}<bdi class="new">${to}${referenceNote(change, after)}</bdi>`,
      ),
    ];
  }
  const entry = (verb: string) => (value: unknown) =>
    line(html` ${verb} <bdi>${quoteStart(value, MAX_VALUE, exact)}${referenceNote(change, value)}</bdi>`);
  return [
    ...list.removed.map(entry('loses')),
    ...list.added.map(entry('gains')),
    ...(list.reordered ? [line(': its entries change places')] : []),
  ];
}
