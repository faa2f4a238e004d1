import { html } from 'hono/html';
import type { Frame, Page } from './layout.ts';

const WORDS = {
  400: [
    'Not understood',
    'The address or the form is not one of this page: it is not UTF-8, or a field is in it twice. Nothing was decided.',
  ],
  403: ['Not from this page', 'This request did not come from a form that was shown here to you. Nothing was decided.'],
  404: ['No such request', 'It may have been decided long ago, or the link is not complete.'],
  409: [
    'This form was out of date',
    'A form counts once, and for an hour. Nothing was decided by it; look at the request again.',
  ],
  413: ['Too large', 'The form holds more than it may. Nothing was decided.'],
  415: ['Not a form', 'Only the forms of this page are taken, in UTF-8. Nothing was decided.'],
  503: [
    'Not readable here',
    'This request was sealed with a key that is not at hand (UPDATE_USER_KEY). Nothing was decided.',
  ],
  500: ['Something went wrong', 'The server’s log says what. Nothing was decided unless the request says so.'],
} as const;

export type Refusal = keyof typeof WORDS;

/** Says what went wrong and leads back; `to` is a path below `home`. */
export function messagePage(frame: Frame, status: Refusal, to = ''): Page {
  const [title, words] = WORDS[status];
  return {
    title,
    body: html`<div class="narrow stack"><h1>${title}</h1><p>${words}</p>
<p><a href="${frame.home}${to}">${to === '' ? 'All requests' : 'Back to the request'}</a></p></div>`,
  };
}
