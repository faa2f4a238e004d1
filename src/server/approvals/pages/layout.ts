import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { CsrfFields } from '../csrf.ts';
import { HISTORY_STYLE } from './history/style.ts';
import { STYLE } from './style.ts';

/** Markup with all foreign text escaped. Only `html` creates it. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What every page needs to know about its request. */
export interface PageFrame {
  /** Path of the list, without a trailing slash; all links and forms start with it. */
  home: string;
  /** The nonce of the Content-Security-Policy, for the stylesheet. */
  cspNonce: string;
  /** Where people reach the page, so that they know which server they are looking at. */
  host: string;
  /** The titles of the providers of this configuration, by id. */
  titles: ReadonlyMap<string, string>;
  /** Who is signed in. */
  approver?: string;
  /** Whether the approver signed in with a passphrase. */
  hasPassphrase?: boolean;
  /** The reason for declining that was typed before a fresh sign-in. */
  reason?: string;
  /** `action`: the form's path below `home`. */
  csrfFields(action: string): CsrfFields;
}

export interface HtmlPage {
  title: string;
  /** First in the title, so that a screen reader reads it first. */
  hasErrors?: boolean;
  body: Markup;
}

/** The page has no scripts. */
export function layout(frame: PageFrame, { title, hasErrors, body }: HtmlPage): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${hasErrors ? 'Error: ' : ''}${title} · Approvals · ${frame.host}</title>
<link rel="icon" type="image/svg+xml" href="${frame.home}/icon.svg">
<style nonce="${frame.cspNonce}">${raw(STYLE + HISTORY_STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><div class="bar">
<a class="home" href="${frame.home}">update-user-mcp <span class="small quiet">${frame.host}</span></a>
${frame.approver === undefined ? '' : navigation(frame)}
${frame.approver === undefined ? '' : signOutForm(frame, frame.approver)}
</div></header>
<main id="main" tabindex="-1">
${body}
</main>
</body>
</html>`;
}

function navigation({ home }: PageFrame): Markup {
  return html`<nav class="sections" aria-label="Sections"><a href="${home}">Requests</a> <a href="${home}/history">History</a></nav>`;
}

/** Reloads the page from this site, because only then do browsers send the strict cookie; or lets the person do it. */
export function sameSiteRedirect(path: string, { byItself = true } = {}): Markup {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">${byItself ? html`<meta http-equiv="refresh" content="0;url=${path}">` : ''}<title>Approvals</title></head>
<body><p><a href="${path}">Continue</a></p></body></html>`;
}

/** A form that posts to its action below `home` and carries its CSRF token. */
export function form(frame: PageFrame, action: string, label: string, content: Markup): Markup {
  const { csrf, nonce } = frame.csrfFields(action);
  return html`<form method="post" action="${frame.home}${action}" aria-label="${label}" class="stack" novalidate>
${content}
<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="nonce" value="${nonce}">
</form>`;
}

function signOutForm(frame: PageFrame, approver: string): Markup {
  return form(
    frame,
    '/sign-out',
    'Sign out',
    html`<span class="small quiet"><span class="sr">Signed in as </span><strong>${approver}</strong>${frame.hasPassphrase ? html` · <a href="${frame.home}/passphrase">Passphrase</a>` : ''}</span>
<button class="plain" type="submit">Sign out</button>`,
  );
}
