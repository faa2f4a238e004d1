import { html } from 'hono/html';
import type { ApprovalView } from '../../approvals/view.ts';
import { SECRET } from '../../update/mask.ts';
import { EFFECTS, type Movement, movementsOf, quote } from '../../update/question.ts';
import type { FieldView } from '../../update/types.ts';
import type { Markup } from './layout.ts';
import { markDifference } from './marks.ts';

/** Longer than in a client's form: here is room, and what is approved should be seen. */
const MAX_VALUE = 2000;

/** Every field of a change, `before → after`, each with what it does to the person. */
export function changeList(view: ApprovalView): Markup {
  return html`<ul class="changes">
${view.fields.map((field) => changeItem(view, field))}
${view.stripped.map(
  (field) =>
    html`<li><h3 class="field"><code>${field}</code> <span class="effect">left out by policy; stays as it is</span></h3></li>`,
)}
</ul>
${view.warnings.map((warning) => html`<p class="warning">Warning: ${warning}</p>`)}`;
}

function changeItem(view: ApprovalView, field: FieldView): Markup {
  const effect = EFFECTS[field.effect];
  const contested = view.contested.includes(field.field);
  const asked = view.askFor.includes(field.field);
  const moving = movementsOf(field);
  const only = moving.length === 1 && moving[0].kind === 'value' ? moving[0].name : undefined;
  const name = only ?? field.field;
  return html`<li>
<h3 class="field"><code>${name}</code> ${effect === undefined ? '' : html`<span class="effect strong">${effect}</span>`}${field.cleared ? html` <span class="effect strong">is emptied</span>` : ''}</h3>
${asked ? movement(html`hidden`, html`a new value, typed in by an approver`) : moving.map(toMarkup)}
${field.warning === undefined ? '' : html`<p class="warning">Warning: ${field.warning}</p>`}
${contested ? html`<p class="warning">Somebody changed this since. Approving overwrites it.</p>` : ''}
</li>`;

  function toMarkup(one: Movement): Markup {
    switch (one.kind) {
      case 'value': {
        const [before, after] = markDifference(plain(one.before), plain(one.after));
        const part = one.name === name ? undefined : one.name;
        return movement(show(one.before, before), show(one.after, after), part);
      }
      case 'list':
        return html`<p class="small quiet">${one.before} → ${one.after} entries; the list is replaced whole</p>`;
      case 'gone':
        return html`<ul class="entries"><li class="gone"><b>Removed</b> <code>${quote(one.entry, MAX_VALUE)}</code></li></ul>`;
      case 'come':
        return html`<ul class="entries"><li class="come"><b>Added</b> <code>${quote(one.entry, MAX_VALUE)}</code></li></ul>`;
    }
  }
}

function movement(before: Markup, after: Markup, part?: string): Markup {
  return html`${part === undefined ? '' : html`<p class="part"><code>${part}</code></p>`}
<dl class="move">
<div class="before"><dt>Before</dt><dd>${before}</dd></div>
<div class="after"><dt>After</dt><dd>${after}</dd></div>
</dl>`;
}

function plain(value: unknown): string {
  return quote(value, MAX_VALUE);
}

/** Words of ours are set apart from values, which are always quoted or numbers. */
function show(value: unknown, marked: Markup): Markup {
  if (value === undefined || value === null || value === '') return html`<span class="none">(empty)</span>`;
  if (value === SECRET) return html`<span class="none">secret, not shown</span>`;
  return html`<code>${marked}</code>`;
}
