import { isIPv6 } from 'node:net';
import type { Context, Hono } from 'hono';
import type { App } from '../../../app.ts';
import { isOidc } from '../../../approvals/oidc/account.ts';
import { OIDC_PROBLEMS } from '../../../approvals/oidc/problem.ts';
import { type Env, isPlace, type PageContext } from '../context.ts';
import type { FormFields } from '../form-fields.ts';
import { type SignInProblem, signInPage } from '../pages/sign-in.ts';

/** A failed sign-in takes at least this long, so that its duration reveals nothing. */
const MIN_FAILURE_MS = 400;

/**
 * Signing in and out. Forged forms and empty inputs are refused before a passphrase is checked, and are not counted as
 * attempts.
 */
export function addSignInRoutes(router: Hono<Env>, context: PageContext, app: App): void {
  const { home } = context;
  const { oidc } = app.settings.approvals;
  const issuer = oidc && new URL(oidc.issuer).host;

  async function show(
    c: Context<Env>,
    to: string | undefined,
    problem?: SignInProblem,
    status: 200 | 401 | 409 | 429 = 200,
  ) {
    const approvers = await (await app.store()).approvals.approvers();
    const hasPassphrases = approvers.some(({ verifier }) => !isOidc(verifier));
    return await context.render(c, (frame) => signInPage(frame, { to, problem, issuer, hasPassphrases }), status);
  }

  router.get('/sign-in', async (c) => {
    const query = c.get('query');
    const problem = problemIn(query);
    if (c.get('session') && (problem === undefined || problem.kind === 'ended')) return c.redirect(home, 303);
    const to = query.get('to');
    return await show(c, isPlace(to) ? to : undefined, problem);
  });

  router.post('/sign-in', async (c) => {
    const startedAt = Date.now();
    const fields = await context.readForm(c);
    if (!fields) return await context.renderError(c, 400, '/sign-in');
    const requested = fields.get('to');
    const to = isPlace(requested) ? requested : undefined;
    const retry = (status: 401 | 409 | 429, problem: SignInProblem) => show(c, to, problem, status);
    const name = (fields.get('name') ?? '').trim();
    const passphrase = fields.get('passphrase') ?? '';
    if (fields.has('csrf') && (name === '' || passphrase === '')) return await retry(401, { kind: 'empty' });
    const csrf = await context.checkCsrf(c, fields);
    if (csrf === 'forged') return await context.renderError(c, 403);
    if (csrf === 'stale') return await retry(409, { kind: 'stale' });
    const result = await (await context.service()).signIn(name, passphrase, sourceOf(addressOf(c.env)));
    if (result.kind === 'wait') {
      c.header('retry-after', String(result.seconds));
      return await retry(429, result);
    }
    if (result.kind !== 'ok') {
      // Without the name: people type their passphrase into the wrong input.
      context.log.warn({ problem: result.kind }, 'a sign-in at the approval page failed');
      await new Promise((resolve) => setTimeout(resolve, startedAt + MIN_FAILURE_MS - Date.now()));
      return await retry(401, result);
    }
    const sessions = await context.sessions();
    const earlier = c.get('session');
    if (earlier) await sessions.end(earlier);
    c.set('session', sessions.create(result.approver));
    context.log.info({ approver: result.approver.name }, 'an approver signed in');
    return c.redirect(to === undefined ? home : `${home}/${to}`, 303);
  });

  router.post('/sign-out', async (c) => {
    const fields = await context.readForm(c);
    if (!fields) return await context.renderError(c, 400);
    const session = c.get('session');
    if (!session) return c.redirect(`${home}/sign-in`, 303); // ended before, in another tab or by its time
    if ((await context.checkCsrf(c, fields)) === 'forged') return await context.renderError(c, 403);
    await (await context.sessions()).end(session);
    c.set('session', undefined);
    c.get('cookie').clear(c);
    return c.redirect(`${home}/sign-in`, 303);
  });
}

/** What an earlier page says about why a person is here. */
function problemIn(query: FormFields): SignInProblem | undefined {
  if (query.has('ended')) return { kind: 'ended' };
  if (query.has('again')) return { kind: 'again' };
  const problem = OIDC_PROBLEMS.find((one) => one === query.get('problem'));
  return problem && { kind: 'oidc', problem };
}

/** An app that was fetched without bindings has no environment. */
function addressOf(env: Env['Bindings'] | undefined): string | undefined {
  return env?.address;
}

/**
 * The source of an attempt, for slowing down guesses: the address of the connection, never what a header claims. Of
 * IPv6 the first 64 bits, since one customer usually has all addresses behind them.
 */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const plain = address.split('%')[0] ?? '';
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length);
  const all = [...groups, ...Array<string>(missing).fill('0'), ...rest].slice(0, 4);
  return `${all.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
