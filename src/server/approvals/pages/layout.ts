import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Stamp } from '../csrf.ts';
import { STYLE } from './style.ts';

/** Markup whose foreign parts are escaped: made by `html` only. */
export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What every page needs to know of the request it answers. */
export interface Frame {
  /** Path of the list, without a trailing slash; all links and forms start with it. */
  home: string;
  /** For the stylesheet, in step with the content security policy. */
  nonce: string;
  /** Who is signed in. */
  approver?: string;
  /** Stamps a form for this visitor; `action` is the form's path below `home`. */
  stamp(action: string): Stamp;
}

export interface Page {
  title: string;
  /** Something is to be put right first: said in the title, so that it is heard first. */
  faulty?: boolean;
  body: Markup;
}

/** A whole page. Works without scripts, since there are none. */
export function layout(frame: Frame, { title, faulty, body }: Page): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${faulty ? 'Error: ' : ''}${title} · Approvals</title>
<style nonce="${frame.nonce}">${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><div class="bar">
<a class="home" href="${frame.home}">Approvals</a>
${frame.approver === undefined ? '' : signOut(frame, frame.approver)}
</div></header>
<main id="main" tabindex="-1">
${body}
</main>
</body>
</html>`;
}

/** Comes back to the same page from this site, since only then browsers send the cookie along. */
export function bounce(path: string): Markup {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${path}"><title>Approvals</title></head>
<body><p><a href="${path}">Continue</a></p></body></html>`;
}

/** A form of ours: posts to its action below `home` and carries its stamp. */
export function form(frame: Frame, action: string, label: string, content: Markup): Markup {
  const { csrf, once } = frame.stamp(action);
  return html`<form method="post" action="${frame.home}${action}" aria-label="${label}" class="stack" novalidate>
${content}
<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="once" value="${once}">
</form>`;
}

function signOut(frame: Frame, approver: string): Markup {
  return form(
    frame,
    '/sign-out',
    'Sign out',
    html`<span class="small quiet">Signed in as <strong>${approver}</strong></span>
<button class="plain" type="submit">Sign out</button>`,
  );
}
