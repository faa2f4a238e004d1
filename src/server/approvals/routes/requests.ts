import type { Context, Hono } from 'hono';
import { secretsToType } from '../../../approvals/service.ts';
import { type Env, isId, type Site } from '../context.ts';
import { readApproval, readDecline, toInputs } from '../pages/decide-forms.ts';
import { bounce } from '../pages/layout.ts';
import { type ListPage, listPage, readCursor } from '../pages/list.ts';
import { requestPage } from '../pages/request.ts';

/** What waits, one request, and the decision on it. */
export function addRequests(router: Hono<Env>, site: Site): void {
  router.get('/', async (c) => {
    if (!c.get('session')) return comesFromElsewhere(c) ? c.html(bounce(`${site.home}?here`)) : site.signInFirst(c);
    const query = c.get('query');
    const state = query.get('state') ?? 'pending';
    const wanted = query.get('after');
    const after = wanted === undefined ? undefined : readCursor(wanted);
    if ((state !== 'pending' && state !== 'approved') || (wanted !== undefined && !after)) {
      return await site.refuse(c, 400);
    }
    const service = await site.service();
    const found = await service.waiting(state, after);
    const approved = await service.waiting('approved', undefined, 1);
    const hasApproved = approved.waiting.length + approved.unreadable > 0;
    const list: ListPage = {
      ...found,
      state,
      pending: await service.countPending(),
      isLater: after !== undefined,
      hasApproved,
    };
    return await site.show(c, (frame) => listPage(frame, list));
  });

  router.get('/:id', async (c) => {
    const id = c.req.param('id');
    if (!isId(id)) return await site.refuse(c, 404);
    const session = c.get('session');
    if (!session) return comesFromElsewhere(c) ? c.html(bounce(`${site.home}/${id}?here`)) : site.signInFirst(c, id);
    const service = await site.service();
    const waiting = await service.open(id);
    if (!waiting) return await site.refuse(c, 404);
    if (waiting === 'sealed') return await site.refuse(c, 503);
    const standing = await service.standing(waiting, session.approver);
    return await site.show(c, (frame) => requestPage(frame, waiting, standing));
  });

  router.post('/:id/:verb{approve|decline|take-back}', async (c) => {
    const { id, verb } = c.req.param();
    if (!isId(id)) return await site.refuse(c, 404);
    const fields = await site.fields(c);
    if (!fields) return await site.refuse(c, 400, `/${id}`);
    const stamp = await site.stampOf(c, fields);
    if (stamp === 'forged') return await site.refuse(c, 403, `/${id}`);
    const session = c.get('session');
    if (!session) return site.signInFirst(c, id);
    if (stamp === 'over') return await site.refuse(c, 409, `/${id}`);
    const service = await site.service();
    const waiting = await service.open(id);
    if (!waiting) return await site.refuse(c, 404);
    if (waiting === 'sealed') return await site.refuse(c, 503);

    const { approver } = session;
    if (verb === 'take-back') {
      const done = await service.takeBack(id, approver);
      site.log.info({ approval: id, approver, decision: verb, result: done }, 'a decision at the approval page');
      return c.redirect(`${site.home}/${id}`, 303);
    }
    const askFor = secretsToType(waiting);
    const { decision, faults } = verb === 'approve' ? readApproval(fields, askFor) : readDecline(fields);
    const decided =
      faults.length > 0 ? { kind: 'faults' as const, faults } : await service.decide(id, approver, decision);
    if (decided.kind === 'faults') {
      const shown = toInputs(decided.faults, askFor);
      // Read anew: another decision may have changed what has to be typed.
      const now = await service.open(id);
      const current = now === undefined || now === 'sealed' ? waiting : now;
      const standing = await service.standing(current, approver);
      return await site.show(c, (frame) => requestPage(frame, current, standing, shown), 422);
    }
    site.log.info({ approval: id, approver, decision: verb, result: decided.kind }, 'a decision at the approval page');
    return c.redirect(`${site.home}/${id}`, 303); // it says where the request stands now, whatever the result
  });
}

/** Browsers keep a strict cookie back when a link on another site was followed, in a chat for example. */
function comesFromElsewhere(c: Context<Env>): boolean {
  return c.req.header('sec-fetch-site') === 'cross-site' && !c.get('query').has('here');
}
