import type { Hono } from 'hono';
import { type Env, isId, type Site } from '../context.ts';
import { type SignInProblem, signInPage } from '../pages/sign-in.ts';
import { sourceOf } from '../source-address.ts';

/** A failed sign-in is answered no sooner than this, so that its time tells nothing. */
const FAILED_MS = 400;

/**
 * Signing in and out. What no form of ours sent, and what leaves a box empty, is refused before anything is tried, and
 * counts for nothing.
 */
export function addSignIn(router: Hono<Env>, site: Site): void {
  router.get('/sign-in', async (c) => {
    if (c.get('session')) return c.redirect(site.home, 303);
    const query = c.get('query');
    const to = query.get('to');
    const problem: SignInProblem | undefined = query.has('ended') ? { kind: 'ended' } : undefined;
    return await site.show(c, (frame) => signInPage(frame, isId(to) ? to : undefined, problem));
  });

  router.post('/sign-in', async (c) => {
    const began = Date.now();
    const fields = await site.fields(c);
    if (!fields) return await site.refuse(c, 400, '/sign-in');
    const wanted = fields.get('to');
    const to = isId(wanted) ? wanted : undefined;
    const again = (status: 401 | 409 | 429, problem: SignInProblem) =>
      site.show(c, (frame) => signInPage(frame, to, problem), status);
    const name = (fields.get('name') ?? '').trim();
    const passphrase = fields.get('passphrase') ?? '';
    if (fields.has('csrf') && (name === '' || passphrase === '')) return await again(401, { kind: 'empty' });
    const stamp = await site.stampOf(c, fields);
    if (stamp === 'forged') return await site.refuse(c, 403);
    if (stamp === 'over') return await again(409, { kind: 'over' });
    const result = await (await site.service()).signIn(name, passphrase, sourceOf(addressOf(c.env)));
    if (result.kind === 'wait') {
      c.header('retry-after', String(result.seconds));
      return await again(429, result);
    }
    if (result.kind !== 'ok') {
      // Without the name: people type their passphrase into the wrong box.
      site.log.warn({ problem: result.kind }, 'a sign-in at the approval page failed');
      await new Promise((resolve) => setTimeout(resolve, began + FAILED_MS - Date.now()));
      return await again(401, result);
    }
    const recognition = await site.recognition();
    const earlier = c.get('session');
    if (earlier) await recognition.end(earlier);
    c.set('session', recognition.begin(result.approver));
    site.log.info({ approver: result.approver.name }, 'an approver signed in');
    return c.redirect(to === undefined ? site.home : `${site.home}/${to}`, 303);
  });

  router.post('/sign-out', async (c) => {
    const fields = await site.fields(c);
    if (!fields) return await site.refuse(c, 400);
    if ((await site.stampOf(c, fields)) !== 'ok') return await site.refuse(c, 403);
    const session = c.get('session');
    if (session) await (await site.recognition()).end(session);
    c.set('session', undefined);
    c.get('jar').clear(c);
    return c.redirect(`${site.home}/sign-in`, 303);
  });
}

/** An app that was fetched without anything has no environment. */
function addressOf(env: Env['Bindings'] | undefined): string | undefined {
  return env?.address;
}
