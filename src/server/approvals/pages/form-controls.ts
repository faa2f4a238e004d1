import { html } from 'hono/html';
import type { FieldError } from '../../../providers/provider.ts';
import type { Markup } from './layout.ts';

/** One input of a form. Never has a value: nothing that was typed is sent back. */
export interface Input {
  name: string;
  label: Markup | string;
  type: 'text' | 'password';
  autocomplete: string;
  hint?: string;
  faults: readonly FieldError[];
}

/** A labelled input with its fault beside it. */
export function input({ name, label, type, autocomplete, hint, faults }: Input): Markup {
  const fault = faults.find(({ field }) => field === name);
  const described = [...(hint === undefined ? [] : [`${name}-hint`]), ...(fault ? [`${name}-fault`] : [])].join(' ');
  return html`<div>
<label for="${name}">${label}</label>
${hint === undefined ? '' : html`<span class="hint" id="${name}-hint">${hint}</span>`}
${faultOf(name, faults)}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"
 maxlength="2000" aria-required="true"${attribute('aria-describedby', described)}${attribute('aria-invalid', fault ? 'true' : '')}>
</div>`;
}

/** A tick box with its fault beside it. */
export function tick(name: string, label: string, faults: readonly FieldError[]): Markup {
  const faulty = faults.some(({ field }) => field === name);
  return html`<div>
${faultOf(name, faults)}
<div class="tick"><input type="checkbox" id="${name}" name="${name}" value="yes"${attribute('aria-describedby', faulty ? `${name}-fault` : '')}${attribute('aria-invalid', faulty ? 'true' : '')}>
<label for="${name}">${label}</label></div>
</div>`;
}

/** What has to be put right, first on the page and in focus; each line leads to its input. */
export function summary(title: string, faults: readonly FieldError[], names: (field: string) => string): Markup {
  return html`<div class="notice bad lead" role="alert" tabindex="-1" autofocus id="faults">
<h2>${title}</h2>
<ul>${faults.map(({ field, message }) => html`<li><a href="#${field}">${names(field)}</a>: ${message}</li>`)}</ul>
</div>`;
}

function faultOf(name: string, faults: readonly FieldError[]): Markup | string {
  const fault = faults.find(({ field }) => field === name);
  return fault
    ? html`<span class="fault" id="${name}-fault"><span class="sr">Error: </span>${fault.message}</span>`
    : '';
}

function attribute(name: string, value: string): Markup | string {
  return value === '' ? '' : html` ${name}="${value}"`;
}
