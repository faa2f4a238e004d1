import { html } from 'hono/html';
import { input } from './form-controls.ts';
import { form, type HtmlPage, type Markup, type PageFrame } from './layout.ts';

/** Why the sign-in is shown again. Never says whether a name exists. */
export type SignInProblem = { kind: 'wrong' | 'empty' | 'stale' | 'ended' } | { kind: 'wait'; seconds: number };

function problemMessage(problem: SignInProblem): string {
  switch (problem.kind) {
    case 'wrong':
      return 'The name or the passphrase is not right. After five wrong passphrases for a name you have to wait before you can try it again.';
    case 'empty':
      return 'Type both the name and the passphrase. Nothing was tried.';
    case 'wait':
      return `Too many wrong passphrases for this name came from your address, or too many attempts at once. Nothing was tried; wait ${problem.seconds} seconds, then try again.`;
    case 'stale':
      return 'This form was out of date. Please sign in again.';
    case 'ended':
      return 'You are no longer signed in: you signed out, made no request for 15 minutes, or were signed in for 8 hours. Nothing was decided by that form.';
  }
}

/** `to`: the request to open after signing in. */
export function signInPage(frame: PageFrame, to: string | undefined, problem?: SignInProblem): HtmlPage {
  return {
    title: 'Sign in',
    hasErrors: problem !== undefined && problem.kind !== 'ended',
    body: html`<div class="narrow stack">
<div>
<h1>Sign in to approve changes</h1>
<p class="lead quiet">Changes that AI agents ask for wait here until a person decides on them.</p>
</div>
${notice(problem)}
<div class="sheet">
${form(
  frame,
  '/sign-in',
  'Sign in',
  html`${to === undefined ? '' : html`<input type="hidden" name="to" value="${to}">`}
${input({ name: 'name', label: 'Approver name', type: 'text', autocomplete: 'username', errors: [] })}
${input({ name: 'passphrase', label: 'Passphrase', type: 'password', autocomplete: 'current-password', errors: [] })}
<button class="yes" type="submit">Sign in</button>`,
)}
</div>
<p class="small quiet">No approver yet? An operator registers one with <code>update-user-mcp approver add NAME</code>.</p>
</div>`,
  };
}

function notice(problem: SignInProblem | undefined): Markup | string {
  if (problem === undefined) return '';
  if (problem.kind === 'ended') return html`<p class="notice note" role="status">${problemMessage(problem)}</p>`;
  return html`<div class="notice bad" role="alert" tabindex="-1" autofocus><h2>You are not signed in</h2><p>${problemMessage(problem)}</p></div>`;
}
