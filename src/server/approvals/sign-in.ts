import type { Hono } from 'hono';
import { createRateLimit } from '../http/rate-limit.ts';
import { type Env, isId, type Room } from './room.ts';
import { type SignInProblem, signInPage } from './sign-in-page.ts';

/** A failed sign-in is answered no sooner than this, so that its time tells nothing. */
const FAILED_MS = 400;

/** Signing in and out. Limited by name and in all, besides the lock the store keeps for each approver. */
export function addSignIn(app: Hono<Env>, room: Room): void {
  const triesInAll = createRateLimit({ perMinute: 60 });
  const triesByName = createRateLimit({ perMinute: 10 });

  app.get('/sign-in', async (c) => {
    if (c.get('session')) return c.redirect(room.home, 303);
    const to = c.req.query('to');
    const problem = c.req.query('ended') === undefined ? undefined : 'ended';
    return await room.show(c, (frame) => signInPage(frame, isId(to) ? to : undefined, problem));
  });

  app.post('/sign-in', async (c) => {
    const began = Date.now();
    const crowded = triesInAll('') > 0;
    const fields = await room.fields(c);
    const wanted = fields.get('to');
    const to = isId(wanted) ? wanted : undefined;
    const again = (status: 401 | 409 | 429, problem: SignInProblem) =>
      room.show(c, (frame) => signInPage(frame, to, problem), status);
    if (crowded) return await again(429, 'too-many');
    const stamp = await room.stampOf(c, fields);
    if (stamp === 'forged') return await room.refuse(c, 403);
    if (stamp === 'over') return await again(409, 'over');
    const name = (fields.get('name') ?? '').trim().slice(0, 200);
    if (triesByName(name) > 0) return await again(429, 'too-many');
    const result = await (await room.desk()).signIn(name, fields.get('passphrase') ?? '');
    if (result.kind !== 'ok') {
      // Without the name: people type their passphrase into the wrong box.
      room.log.warn({ problem: result.kind }, 'a sign-in at the approval page failed');
      await new Promise((resolve) => setTimeout(resolve, began + FAILED_MS - Date.now()));
      return await again(401, result.kind);
    }
    const recognition = await room.recognition();
    const earlier = c.get('session');
    if (earlier) await recognition.end(earlier);
    c.set('session', recognition.begin(result.approver));
    room.log.info({ approver: result.approver.name }, 'an approver signed in');
    return c.redirect(to === undefined ? room.home : `${room.home}/${to}`, 303);
  });

  app.post('/sign-out', async (c) => {
    if ((await room.stampOf(c, await room.fields(c))) !== 'ok') return await room.refuse(c, 403);
    const session = c.get('session');
    if (session) await (await room.recognition()).end(session);
    c.set('session', undefined);
    c.get('jar').clear(c);
    return c.redirect(`${room.home}/sign-in`, 303);
  });
}
