import { html } from 'hono/html';
import { MIN_PASSPHRASE } from '../../../approvals/passphrase.ts';
import type { FieldError } from '../../../providers/provider.ts';
import { errorSummary, input } from '../pages/form-controls.ts';
import { form, type HtmlPage, type PageFrame } from '../pages/layout.ts';

const LABELS: Readonly<Record<string, string>> = {
  passphrase: 'Passphrase of now',
  next: 'New passphrase',
  again: 'New passphrase again',
};

/** Changing one's own passphrase. */
export function passphrasePage(frame: PageFrame, errors: readonly FieldError[] = []): HtmlPage {
  const hasErrors = errors.length > 0;
  const secret = (name: string, autocomplete: string) =>
    input({ name, label: LABELS[name] ?? name, type: 'password', autocomplete, errors });
  return {
    title: 'Change your passphrase',
    hasErrors,
    body: html`<div class="narrow stack">
${hasErrors ? errorSummary('Not changed', errors, (name) => LABELS[name] ?? name) : ''}
<h1>Change your passphrase</h1>
<p class="lead">Your other sessions end. What you have agreed to and is not used yet no longer counts, and waits for a decision again.</p>
<div class="sheet">
${form(
  frame,
  '/passphrase',
  'Change your passphrase',
  html`${secret('passphrase', 'current-password')}
${secret('next', 'new-password')}
<p class="hint">At least ${MIN_PASSPHRASE} characters.</p>
${secret('again', 'new-password')}
<button class="yes" type="submit">Change it</button>`,
)}
</div></div>`,
  };
}
