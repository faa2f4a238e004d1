import { Hono } from 'hono';
import type { App } from '../../app.ts';
import { createSite, type Env } from './context.ts';
import { cookieJar } from './cookie.ts';
import { readFields } from './form-fields.ts';
import { addRequests } from './routes/requests.ts';
import { addSignIn } from './routes/sign-in.ts';
import { formsOnly, headersFor, mayEnter, newNonce } from './security.ts';
import type { SessionLimits } from './session.ts';

export interface ApprovalsOptions {
  /** Path of the page, without a trailing slash. */
  basePath: string;
  /**
   * Scheme, host and port people reach it by; https makes the cookie secure. A function where it depends on the
   * request: it is handed what the app was fetched with.
   */
  publicUrl: string | ((request: Request, env: unknown) => string);
  sessions?: SessionLimits;
}

/**
 * The approval page as a hono app that answers everything at and below `basePath`. An approver signs in, sees what
 * waits, and decides. The decision is recorded and nothing else: no vendor is written to from here.
 */
export function createApprovalsApp(app: App, { basePath, publicUrl, sessions }: ApprovalsOptions): Hono<Env> {
  const site = createSite(app, basePath, sessions);
  const router = new Hono<Env>({ strict: false }).basePath(basePath);

  router.use(async (c, next) => {
    const origin = new URL(typeof publicUrl === 'string' ? publicUrl : publicUrl(c.req.raw, c.env));
    const nonce = newNonce();
    const jar = cookieJar(basePath, origin.protocol === 'https:', origin.port);
    c.set('nonce', nonce);
    c.set('jar', jar);
    if (mayEnter(c.req.raw, origin)) await next();
    else c.res = c.text('This page is not served under that name, or the form is not one of its own.', 403);
    for (const [name, value] of Object.entries(headersFor(nonce))) c.res.headers.set(name, value);
  });
  router.use(async (c, next) => {
    const recognition = await site.recognition();
    const { id, session } = await recognition.visitor(c.get('jar').read(c));
    c.set('visitor', id);
    c.set('session', session);
    await next();
    // Who is signed in now, be it since this request: the time of idling starts anew.
    const current = c.get('session');
    if (current) c.get('jar').write(c, recognition.cookieOf(current));
  });
  router.use(async (c, next) => {
    const query = readFields(new URL(c.req.url).search.slice(1));
    if (!query) return await site.refuse(c, 400);
    c.set('query', query);
    return await next();
  });
  router.use(formsOnly((c, status) => site.refuse(c, status)));

  addSignIn(router, site);
  addRequests(router, site);

  router.all('*', (c) => site.refuse(c, 404));
  router.onError((error, c) => {
    app.log.error({ problem: error.message }, 'the approval page failed');
    const plain = () => c.text('Something went wrong; the server’s log says what.', 500);
    // Without a store or a key no page can be put together; and whom nobody could recognize keeps the cookie there is.
    return c.get('visitor') === undefined ? plain() : site.refuse(c, 500).catch(plain);
  });
  return router;
}
