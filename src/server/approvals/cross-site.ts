import type { Context } from 'hono';
import type { Env } from './context.ts';
import { sameSiteRedirect } from './pages/layout.ts';

/**
 * Browsers withhold a strict cookie when a link on another site, such as a chat, was followed, yet take a new one from
 * the response. A page that gave out a cookie then would sign the approver out.
 */

const RELOADED = 'here';

/** Whether the browser may have a cookie that it did not send because of where the request came from. */
export function lacksStrictCookie(c: Context<Env>): boolean {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  const isCrossSite = c.req.header('sec-fetch-site') === 'cross-site';
  return isRead && isCrossSite && c.get('browserId') === '' && !new URL(c.req.url).searchParams.has(RELOADED);
}

/** Loads the same address again, from this site. */
export function reloadFromHere(c: Context<Env>): Response | Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  return c.html(sameSiteRedirect(`${pathname}${search}${search === '' ? '?' : '&'}${RELOADED}`));
}
