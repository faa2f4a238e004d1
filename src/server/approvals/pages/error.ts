import { html } from 'hono/html';
import type { HtmlPage, PageFrame } from './layout.ts';

const MESSAGES = {
  400: [
    'Not understood',
    'The address or the form is not one of this page: it is not UTF-8, or a field is repeated. Nothing was decided.',
  ],
  403: ['Not from this page', 'This request did not come from a form that this page showed you. Nothing was decided.'],
  404: [
    'No such request',
    'It may have been decided long ago, the link may be incomplete, or you may have no right to see it.',
  ],
  409: [
    'This form was out of date',
    'A form is valid once, for one hour. Nothing was decided by it; look at the request again.',
  ],
  413: ['Too large', 'The form is larger than allowed. Nothing was decided.'],
  415: ['Not a form', 'Only forms of this page are accepted, in UTF-8. Nothing was decided.'],
  503: [
    'Not readable here',
    'This request was sealed with a key that is not available here (UPDATE_USER_KEY). Nothing was decided.',
  ],
  500: ['Something went wrong', 'The server’s log says what. Nothing was decided unless the request says so.'],
} as const;

const NO_CHANGE = ['No such change', 'There is none of this id that you may see, or the link is incomplete.'] as const;

export type ErrorStatus = keyof typeof MESSAGES;

/** `backTo`: a path below `home`. */
export function errorPage(frame: PageFrame, status: ErrorStatus, backTo = ''): HtmlPage {
  const isHistory = backTo.startsWith('/history');
  const [title, text] = isHistory && status === 404 ? NO_CHANGE : MESSAGES[status];
  return {
    title,
    body: html`<div class="narrow stack"><h1>${title}</h1><p>${text}</p>
<p><a href="${frame.home}${backTo}">${backTo === '' ? 'All requests' : isHistory ? 'Back to the history' : 'Back to the request'}</a></p></div>`,
  };
}
