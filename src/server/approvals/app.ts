import { Hono } from 'hono';
import type { App } from '../../app.ts';
import { createPageContext, type Env } from './context.ts';
import { createPageCookie } from './cookie.ts';
import { lacksStrictCookie, reloadFromHere } from './cross-site.ts';
import { parseForm } from './form-fields.ts';
import { ICON } from './pages/icon.ts';
import { addHistoryRoutes } from './routes/history.ts';
import { addOidcRoutes } from './routes/oidc.ts';
import { addPassphraseRoutes } from './routes/passphrase.ts';
import { addRequestRoutes } from './routes/requests.ts';
import { addSignInRoutes } from './routes/sign-in.ts';
import { addTogetherRoutes } from './routes/together.ts';
import { formBodies, hostAndOrigin, securityHeaders } from './security.ts';
import type { SessionLimits } from './session.ts';

export interface ApprovalsOptions {
  /** Path of the page, without a trailing slash. */
  basePath: string;
  /**
   * Scheme, host and port people reach the page by; https makes the cookie secure. A function if they depend on the
   * request: it gets what the app was fetched with.
   */
  publicUrl: string | ((request: Request, env: unknown) => string);
  sessions?: SessionLimits;
  now?: () => number;
}

/**
 * The approval page as a hono app for everything at and below `basePath`. An approver signs in, sees the pending
 * requests, and decides; looks changes up, and asks for undos. Only an undo that another approver agreed to is written.
 */
export function createApprovalsApp(
  app: App,
  { basePath, publicUrl, sessions: limits, now }: ApprovalsOptions,
): Hono<Env> {
  const context = createPageContext(app, basePath, { limits, now });
  const router = new Hono<Env>({ strict: false }).basePath(basePath);

  router.use(async (c, next) => {
    const origin = new URL(typeof publicUrl === 'string' ? publicUrl : publicUrl(c.req.raw, c.env));
    c.set('origin', origin);
    c.set('cookie', createPageCookie(basePath, origin));
    await next();
  });
  router.use(...securityHeaders);
  router.use(hostAndOrigin);
  router.use(async (c, next) => {
    const sessions = await context.sessions();
    const { id, session } = await sessions.identify(c.get('cookie').read(c));
    c.set('browserId', id);
    c.set('session', session);
    await next();
    const current = c.get('session');
    if (current && current !== session) c.get('cookie').write(c, sessions.toCookie(current));
  });
  router.use(async (c, next) => {
    // The issuer sends people back from its own site, and the callback knows how to take them.
    const isCallback = c.req.path === `${basePath}/oidc/callback`;
    return !isCallback && lacksStrictCookie(c, c.get('browserId')) ? await reloadFromHere(c) : await next();
  });
  router.use(async (c, next) => {
    const query = parseForm(new URL(c.req.url).search.slice(1));
    if (!query) return await context.renderError(c, 400);
    c.set('query', query);
    return await next();
  });
  router.use(formBodies((c, status) => context.renderError(c, status)));

  router.get('/icon.svg', (c) => c.body(ICON, 200, { 'content-type': 'image/svg+xml' }));
  addSignInRoutes(router, context, app);
  addOidcRoutes(router, context, app);
  addPassphraseRoutes(router, context);
  addHistoryRoutes(router, context, app);
  addTogetherRoutes(router, context);
  addRequestRoutes(router, context);

  router.all('*', (c) => context.renderError(c, 404));
  router.onError((error, c) => {
    app.log.error({ problem: error.message }, 'the approval page failed');
    const plain = () => c.text('Something went wrong; the server’s log says what.', 500);
    // Without a store or a key no page can be rendered. A browser that was not identified keeps its cookie.
    return c.get('browserId') === undefined ? plain() : context.renderError(c, 500).catch(plain);
  });
  return router;
}
