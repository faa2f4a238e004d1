import { html } from 'hono/html';
import type { ApprovalSnapshot } from '../../../approvals/snapshot.ts';
import { quote, quoteExactly, quoteName } from '../../../lib/text/quote.ts';
import { SECRET } from '../../../update/redact/mask.ts';
import type { ChangeView } from '../../../update/redact/types.ts';
import { markDifference } from './diff.ts';
import type { Markup } from './layout.ts';

/** Warnings first, then every leaf change in full: nothing is cut. */
export function changeList(snapshot: ApprovalSnapshot): Markup {
  return html`${snapshot.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
<ul class="changes">
${snapshot.changes.map((change) => changeItem(snapshot, change))}
${snapshot.stripped.map(
  (field) =>
    html`<li><h3 class="field"><code>${quoteName(field)}</code> <span class="effect">left out by policy; stays as it is</span></h3></li>`,
)}
</ul>`;
}

function changeItem(snapshot: ApprovalSnapshot, change: ChangeView<'person'>): Markup {
  const isContested = snapshot.contested.includes(change.field);
  const isAsked = snapshot.askFor.includes(change.field);
  return html`<li>
<h3 class="field"><code>${quoteName(change.place ?? change.field)}</code>${change.cleared ? html` <span class="effect strong">is emptied</span>` : ''}</h3>
${isAsked ? beforeAfter(html`hidden`, html`a new value, typed in by an approver`) : valueChange(change)}
${isContested ? html`<p class="warning">Someone else changed this since. Approving overwrites it.</p>` : ''}
</li>`;
}

function valueChange(change: ChangeView<'person'>): Markup {
  const { list } = change;
  if (!list || (Array.isArray(change.before) !== Array.isArray(change.after) && change.exact)) {
    return wholeValues(change);
  }
  return html`<ul class="entries">
${list.removed.map((entry) => html`<li class="gone"><b>Removed</b> <code>${quoteExactly(entry)}</code></li>`)}
${list.added.map((entry) => html`<li class="come"><b>Added</b> <code>${quoteExactly(entry)}</code></li>`)}
</ul>${list.reordered ? wholeValues(change) : ''}`;
}

function wholeValues(change: ChangeView<'person'>): Markup {
  const [before, after] = [valueText(change, change.before), valueText(change, change.after)];
  const [markedBefore, markedAfter] = markDifference(before, after);
  return beforeAfter(valueMarkup(change, change.before, markedBefore), valueMarkup(change, change.after, markedAfter));
}

function beforeAfter(before: Markup, after: Markup): Markup {
  return html`<dl class="move">
<div class="before"><dt>Before</dt><dd>${before}</dd></div>
<div class="after"><dt>After</dt><dd>${after}</dd></div>
</dl>`;
}

function valueText({ exact }: ChangeView<'person'>, value: unknown): string {
  return exact ? quoteExactly(value) : quote(value);
}

/** The page's own words are set apart from values, which are always quoted or numbers. */
function valueMarkup({ exact }: ChangeView<'person'>, value: unknown, marked: Markup): Markup {
  if (value === SECRET) return html`<span class="none">secret, not shown</span>`;
  if (exact && value === undefined) return html`<span class="none">(not set)</span>`;
  if (!exact && (value === undefined || value === null || value === '')) return html`<span class="none">(empty)</span>`;
  return html`<code>${marked}</code>`;
}
