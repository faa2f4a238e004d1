import type { Context, Hono } from 'hono';
import type { App } from '../../../app.ts';
import { acceptPerson } from '../../../approvals/oidc/accept.ts';
import { createOidcClient, type OidcClient } from '../../../approvals/oidc/client.ts';
import { OidcError, type OidcProblem } from '../../../approvals/oidc/problem.ts';
import type { OidcSettings } from '../../../config/approvals/oidc-settings.ts';
import { lazy } from '../../../lib/async/lazy.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { type Env, isPlace, type PageContext } from '../context.ts';
import { sameSiteRedirect } from '../pages/layout.ts';
import { createFlowCookie, type PendingSignIn } from '../sign-in/flow-cookie.ts';

/** How long a person may take at the issuer. */
const FLOW_MS = 10 * 60_000;
/** Longer ones would not fit into the cookie. */
const MAX_PLACE = 1000;

/** Signing in by OpenID Connect: to the issuer, and back. Without it the paths do not exist. */
export function addOidcRoutes(router: Hono<Env>, context: PageContext, app: App): void {
  const settings = app.settings.approvals.oidc;
  if (!settings) return;
  const { home, now } = context;
  const client = createOidcClient(settings, now);
  const flows = lazy(async () => createFlowCookie(await app.seal(), home));

  /** From a page of this site, because a request that the issuer caused comes without the strict cookie. */
  function leave(c: Context<Env>, problem: OidcError, to: string | undefined): Response | Promise<Response> {
    context.log.warn({ problem: problem.problem, detail: problem.detail }, 'a sign-in by OpenID Connect failed');
    const query = new URLSearchParams({ problem: problem.problem, ...(to !== undefined && { to }) });
    return c.html(sameSiteRedirect(`${home}/sign-in?${query}`));
  }

  router.get('/oidc/start', async (c) => {
    const origin = c.get('origin');
    const query = c.get('query');
    const asked = query.get('to');
    const to = isPlace(asked) && asked.length <= MAX_PLACE ? asked : undefined;
    // The issuer sends the browser back to one name of this machine, and cookies do not follow to another.
    const { hostname } = new URL(`http://${c.req.header('host') ?? origin.host}`);
    if (hostname !== origin.hostname && isLoopback(origin.hostname)) {
      return c.redirect(`${origin.origin}${home}/oidc/start${new URL(c.req.url).search}`, 303);
    }
    const isFresh = query.has('again');
    try {
      const { flow, url } = await client.begin(`${origin.origin}${home}/oidc/callback`, isFresh);
      const replaces = c.get('session');
      const expiresAt = now() + FLOW_MS;
      const pending: PendingSignIn = { ...flow, isFresh, expiresAt, ...(to && { to }), ...(replaces && { replaces }) };
      (await flows()).write(c, pending);
      return c.redirect(url, 303);
    } catch (error) {
      if (error instanceof OidcError) return await leave(c, error, to);
      throw error;
    }
  });

  router.get('/oidc/callback', async (c) => {
    const cookie = await flows();
    const pending = cookie.read(c);
    if (!pending) return await leave(c, new OidcError('outdated', 'another browser, or too late'), undefined);
    // One that another site made up must not end the sign-in that the person is at.
    if (c.get('query').get('state') !== pending.state) {
      return await leave(c, new OidcError('invalid', 'another state'), undefined);
    }
    cookie.clear(c);
    try {
      if (pending.expiresAt <= now()) throw new OidcError('outdated', 'too late');
      const service = await context.service();
      if (!(await service.consume(`oidc/${pending.state}`, pending.expiresAt))) {
        throw new OidcError('outdated', 'sent before');
      }
      const session = await signIn({ app, settings, client, context }, pending, new URL(c.req.url).search);
      c.set('session', session);
      context.log.info({ approver: session.approver, by: 'oidc' }, 'an approver signed in');
      return await c.html(sameSiteRedirect(pending.to === undefined ? home : `${home}/${pending.to}`));
    } catch (error) {
      if (error instanceof OidcError) return await leave(c, error, pending.to);
      throw error;
    }
  });
}

interface Parts {
  app: App;
  settings: OidcSettings;
  client: OidcClient;
  context: PageContext;
}

/** Throws an OidcError. */
async function signIn({ app, settings, client, context }: Parts, pending: PendingSignIn, query: string) {
  const claims = await client.complete(pending, query);
  const sessions = await context.sessions();
  const { approvals } = await app.store();
  const accepted = await acceptPerson(approvals, settings, claims, context.now());
  if (accepted.kind !== 'ok') throw new OidcError(accepted.kind satisfies OidcProblem, 'by the claims');
  const session = sessions.create(accepted.approver, provenAt(claims['auth_time'], context.now()));
  if (pending.isFresh && !sessions.isFresh(session)) throw new OidcError('not-fresh', 'auth_time');
  if (pending.replaces) await sessions.end(pending.replaces);
  return session;
}

/** When the person proved to the issuer who they are; an issuer that does not say so has asked them now. */
function provenAt(authTime: unknown, now: number): number {
  return typeof authTime === 'number' ? Math.min(now, authTime * 1000) : now;
}
