import { html } from 'hono/html';
import type { ApprovalSnapshot } from '../../../approvals/snapshot.ts';
import { quote, quoteExactly, quoteName } from '../../../lib/text/quote.ts';
import { SECRET } from '../../../update/redact/mask.ts';
import type { ChangeView } from '../../../update/redact/types.ts';
import { markDifference } from './diff.ts';
import type { Markup } from './layout.ts';

/** Every leaf of a change, `before → after`, whole; what it means for the user stands first. */
export function changeList(view: ApprovalSnapshot): Markup {
  return html`${view.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
<ul class="changes">
${view.changes.map((change) => changeItem(view, change))}
${view.stripped.map(
  (field) =>
    html`<li><h3 class="field"><code>${quoteName(field)}</code> <span class="effect">left out by policy; stays as it is</span></h3></li>`,
)}
</ul>`;
}

function changeItem(view: ApprovalSnapshot, change: ChangeView<'person'>): Markup {
  const contested = view.contested.includes(change.field);
  return html`<li>
<h3 class="field"><code>${quoteName(change.place ?? change.field)}</code>${change.cleared ? html` <span class="effect strong">is emptied</span>` : ''}</h3>
${moves(change, view.askFor.includes(change.field))}
${contested ? html`<p class="warning">Someone else changed this since. Approving overwrites it.</p>` : ''}
</li>`;
}

function moves(change: ChangeView<'person'>, isAsked: boolean): Markup {
  if (isAsked) return sides(html`hidden`, html`a new value, typed in by an approver`);
  const { list } = change;
  if (!list || (Array.isArray(change.before) !== Array.isArray(change.after) && change.exact)) return wholeMove(change);
  return html`<ul class="entries">
${list.removed.map((entry) => html`<li class="gone"><b>Removed</b> <code>${quoteExactly(entry)}</code></li>`)}
${list.added.map((entry) => html`<li class="come"><b>Added</b> <code>${quoteExactly(entry)}</code></li>`)}
</ul>${list.reordered ? wholeMove(change) : ''}`;
}

function wholeMove(change: ChangeView<'person'>): Markup {
  const [before, after] = [plain(change, change.before), plain(change, change.after)];
  const [markedBefore, markedAfter] = markDifference(before, after);
  return sides(show(change, change.before, markedBefore), show(change, change.after, markedAfter));
}

function sides(before: Markup, after: Markup): Markup {
  return html`<dl class="move">
<div class="before"><dt>Before</dt><dd>${before}</dd></div>
<div class="after"><dt>After</dt><dd>${after}</dd></div>
</dl>`;
}

function plain({ exact }: ChangeView<'person'>, value: unknown): string {
  return exact ? quoteExactly(value) : quote(value);
}

/** Words of ours are set apart from values, which are always quoted or numbers. */
function show({ exact }: ChangeView<'person'>, value: unknown, marked: Markup): Markup {
  if (value === SECRET) return html`<span class="none">secret, not shown</span>`;
  if (exact && value === undefined) return html`<span class="none">(not set)</span>`;
  if (!exact && (value === undefined || value === null || value === '')) return html`<span class="none">(empty)</span>`;
  return html`<code>${marked}</code>`;
}
