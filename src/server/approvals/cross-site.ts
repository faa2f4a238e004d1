import type { Context } from 'hono';
import { sameSiteRedirect } from './pages/layout.ts';

/**
 * Browsers withhold a strict cookie when a link on another site, such as a chat, was followed, yet take a new one from
 * the response. A page that gave out a cookie then would sign the approver out.
 */

const RELOADED = 'here';

/** Whether a browser without an id may have a cookie that it did not send because of where the request came from. */
export function lacksStrictCookie({ req }: Context, browserId: string | undefined): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  return isRead && req.header('sec-fetch-site') === 'cross-site' && !browserId;
}

/** Loads the same address again, from this site; of itself only once, whatever the browser takes for another site. */
export function reloadFromHere(c: Context): Response | Promise<Response> {
  const { pathname, search, searchParams } = new URL(c.req.url);
  const address = pathname + search;
  if (searchParams.has(RELOADED)) return c.html(sameSiteRedirect(address, { byItself: false }));
  return c.html(sameSiteRedirect(`${address}${search === '' ? '?' : '&'}${RELOADED}`));
}
