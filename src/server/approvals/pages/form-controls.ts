import { html } from 'hono/html';
import type { FieldError } from '../../../providers/provider.ts';
import type { Markup } from './layout.ts';

/** One input of a form. It never has a value: nothing that was typed is sent back. */
export interface TextInput {
  name: string;
  label: Markup | string;
  type: 'text' | 'password';
  autocomplete: string;
  hint?: string;
  errors: readonly FieldError[];
}

/** A labelled input with its error beside it. */
export function input({ name, label, type, autocomplete, hint, errors }: TextInput): Markup {
  const hasError = errors.some(({ field }) => field === name);
  const described = [...(hint === undefined ? [] : [`${name}-hint`]), ...(hasError ? [`${name}-error`] : [])].join(' ');
  return html`<div>
<label for="${name}">${label}</label>
${hint === undefined ? '' : html`<span class="hint" id="${name}-hint">${hint}</span>`}
${errorText(name, errors)}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"
 maxlength="2000" aria-required="true"${attribute('aria-describedby', described)}${attribute('aria-invalid', hasError ? 'true' : '')}>
</div>`;
}

/** A checkbox with its error beside it. */
export function checkbox(name: string, label: string, errors: readonly FieldError[]): Markup {
  const hasError = errors.some(({ field }) => field === name);
  return html`<div>
${errorText(name, errors)}
<div class="tick"><input type="checkbox" id="${name}" name="${name}" value="yes"${attribute('aria-describedby', hasError ? `${name}-error` : '')}${attribute('aria-invalid', hasError ? 'true' : '')}>
<label for="${name}">${label}</label></div>
</div>`;
}

/** The error summary, first on the page and focused; each line links to its input. */
export function errorSummary(title: string, errors: readonly FieldError[], labelOf: (field: string) => string): Markup {
  return html`<div class="notice bad lead" role="alert" tabindex="-1" autofocus id="errors">
<h2>${title}</h2>
<ul>${errors.map(({ field, message }) => html`<li><a href="#${field}">${labelOf(field)}</a>: ${message}</li>`)}</ul>
</div>`;
}

/** The error of an input; `aria-describedby` refers to its id. */
export function errorText(name: string, errors: readonly FieldError[]): Markup | string {
  const error = errors.find(({ field }) => field === name);
  return error
    ? html`<span class="error" id="${name}-error"><span class="sr">Error: </span>${error.message}</span>`
    : '';
}

function attribute(name: string, value: string): Markup | string {
  return value === '' ? '' : html` ${name}="${value}"`;
}
