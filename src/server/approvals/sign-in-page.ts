import { html } from 'hono/html';
import { input } from './inputs.ts';
import { type Frame, form, type Markup, type Page } from './layout.ts';

/** Why somebody sees the sign-in once more. Never says whether a name exists. */
export type SignInProblem = 'wrong' | 'locked' | 'too-many' | 'over' | 'ended';

const WORDS: Readonly<Record<SignInProblem, string>> = {
  wrong: 'The name or the passphrase is not right. After five wrong passphrases a name is locked for 15 minutes.',
  locked: 'This name is locked after repeated wrong passphrases. Try again in 15 minutes.',
  'too-many': 'Too many attempts just now. Wait a minute, then try again.',
  over: 'This form was out of date. Please sign in once more.',
  ended:
    'You are not signed in any more: you signed out, made no request for 15 minutes, or were signed in for 8 hours. Nothing was decided by that form.',
};

/** `to` is the request that is opened afterwards. */
export function signInPage(frame: Frame, to: string | undefined, problem?: SignInProblem): Page {
  const faulty = problem !== undefined && problem !== 'ended';
  return {
    title: 'Sign in',
    faulty,
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
${input({ name: 'name', label: 'Approver name', type: 'text', autocomplete: 'username', faults: [] })}
${input({ name: 'passphrase', label: 'Passphrase', type: 'password', autocomplete: 'current-password', faults: [] })}
<button class="yes" type="submit">Sign in</button>`,
)}
</div>
<p class="small quiet">No approver yet? An operator registers one with <code>update-user-mcp approver add NAME</code>.</p>
</div>`,
  };
}

function notice(problem: SignInProblem | undefined): Markup | string {
  if (problem === undefined) return '';
  if (problem === 'ended') return html`<p class="notice note" role="status">${WORDS.ended}</p>`;
  return html`<div class="notice bad" role="alert" tabindex="-1" autofocus><h2>You are not signed in</h2><p>${WORDS[problem]}</p></div>`;
}
