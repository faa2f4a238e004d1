import { html } from 'hono/html';
import type { OidcProblem } from '../../../approvals/oidc/problem.ts';
import { input } from './form-controls.ts';
import { form, type HtmlPage, type Markup, type PageFrame } from './layout.ts';

/** Why the sign-in is shown again. Never says whether a name exists. */
export type SignInProblem =
  | { kind: 'wrong' | 'empty' | 'stale' | 'ended' | 'again' }
  | { kind: 'wait'; seconds: number }
  /** By OpenID Connect. */
  | { kind: 'oidc'; problem: OidcProblem };

/** How approvers can sign in here, and what is known of this one. */
export interface SignInView {
  /** The page to open after signing in, below `home`. */
  to?: string | undefined;
  problem?: SignInProblem | undefined;
  /** The host of the issuer; undefined where OpenID Connect is not set up. */
  issuer?: string | undefined;
  hasPassphrases: boolean;
}

const OIDC_MESSAGES: Readonly<Record<OidcProblem, string>> = {
  unavailable: 'The sign-in service did not answer as it should. Try again later; the server’s log says what failed.',
  cancelled: 'The sign-in service sent you back without signing you in. Try again if you did not mean to stop.',
  invalid: 'The answer of the sign-in service did not fit this sign-in, so it does not count. Start again here.',
  outdated:
    'That sign-in was begun in another browser, or more than ten minutes ago, or it was used already. Start again here.',
  'not-fresh':
    'The sign-in service did not ask who you are just now, which this decision needs. Sign out there, then try again.',
  'not-allowed': 'Your account may not approve changes. Ask the operator which group or role it takes.',
  'no-name':
    'Your account has no name that approvers can be shown by, or its e-mail address is not verified. Ask the operator.',
  'name-taken':
    'The name of your account belongs to another approver, or looks like it, and one person cannot be two approvers. Ask the operator.',
};

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
      return 'You are no longer signed in: you signed out, your passphrase or registration was changed, or you were signed in for 60 minutes. Nothing was decided by that form.';
    case 'again':
      return 'A decision on more than ordinary fields needs a sign-in of the last 15 minutes. Sign in again and look at the request; nothing was decided so far.';
    case 'oidc':
      return OIDC_MESSAGES[problem.problem];
  }
}

export function signInPage(frame: PageFrame, view: SignInView): HtmlPage {
  const { problem, issuer, hasPassphrases } = view;
  return {
    title: 'Sign in',
    hasErrors: problem !== undefined && !isNote(problem),
    body: html`<div class="narrow stack">
<div>
<h1>Sign in to approve changes</h1>
<p class="lead quiet">Changes that AI agents ask for wait here until a person decides on them.</p>
</div>
${notice(problem)}
${issuer === undefined ? '' : issuerLink(frame, view, issuer)}
${hasPassphrases || issuer === undefined ? passphraseForm(frame, view) : ''}
${issuer === undefined ? html`<p class="small quiet">No approver yet? An operator registers one with <code>update-user-mcp approver add NAME</code>.</p>` : ''}
</div>`,
  };
}

/** A link and no form: the policy of this page lets no form lead to another site, not even by a redirect. */
function issuerLink({ home }: PageFrame, { to, problem }: SignInView, issuer: string): Markup {
  const isAgain = problem?.kind === 'again' || (problem?.kind === 'oidc' && problem.problem === 'not-fresh');
  const query = new URLSearchParams({ ...(to !== undefined && { to }), ...(isAgain && { again: '1' }) });
  return html`<div class="sheet"><a class="button" href="${home}/oidc/start${query.size > 0 ? `?${query}` : ''}">Sign in with ${issuer}</a></div>`;
}

function passphraseForm(frame: PageFrame, { to, issuer }: SignInView): Markup {
  return html`<div class="sheet">
${issuer === undefined ? '' : html`<h2>With a passphrase</h2>`}
${form(
  frame,
  '/sign-in',
  'Sign in',
  html`${to === undefined ? '' : html`<input type="hidden" name="to" value="${to}">`}
${input({ name: 'name', label: 'Approver name', type: 'text', autocomplete: 'username', errors: [] })}
${input({ name: 'passphrase', label: 'Passphrase', type: 'password', autocomplete: 'current-password', errors: [] })}
<button class="yes" type="submit">Sign in</button>`,
)}
</div>`;
}

/** What is no mistake of the person. */
function isNote({ kind }: SignInProblem): boolean {
  return kind === 'ended' || kind === 'again';
}

function notice(problem: SignInProblem | undefined): Markup | string {
  if (problem === undefined) return '';
  if (isNote(problem)) return html`<p class="notice note" role="status">${problemMessage(problem)}</p>`;
  return html`<div class="notice bad" role="alert" tabindex="-1" autofocus><h2>You are not signed in</h2><p>${problemMessage(problem)}</p></div>`;
}
