import type { Context, Hono } from 'hono';
import { type Decision, MAX_REASON, secretsToType } from '../../approvals/desk.ts';
import { readApproval, toInputs } from './decide-forms.ts';
import { bounce } from './layout.ts';
import { listPage } from './list-page.ts';
import { requestPage } from './request-page.ts';
import { type Env, isId, type Room } from './room.ts';

/** What waits, one request, and the decision on it. */
export function addRequests(app: Hono<Env>, room: Room): void {
  app.get('/', async (c) => {
    if (!c.get('session')) return comesFromElsewhere(c) ? c.html(bounce(`${room.home}?here`)) : room.signInFirst(c);
    const found = await (await room.desk()).waiting();
    return await room.show(c, (frame) => listPage(frame, found));
  });

  app.get('/:id', async (c) => {
    const id = c.req.param('id');
    if (!isId(id)) return await room.refuse(c, 404);
    const session = c.get('session');
    if (!session) return comesFromElsewhere(c) ? c.html(bounce(`${room.home}/${id}?here`)) : room.signInFirst(c, id);
    const desk = await room.desk();
    const waiting = await desk.open(id);
    if (!waiting) return await room.refuse(c, 404);
    if (waiting === 'sealed') return await room.refuse(c, 503);
    return await room.show(c, (frame) => requestPage(frame, waiting, desk.standing(waiting, session.approver)));
  });

  app.post('/:id/:verb{approve|decline}', async (c) => {
    const { id, verb } = c.req.param();
    if (!isId(id)) return await room.refuse(c, 404);
    const fields = await room.fields(c);
    const stamp = await room.stampOf(c, fields);
    if (stamp === 'forged') return await room.refuse(c, 403, `/${id}`);
    const session = c.get('session');
    if (!session) return room.signInFirst(c, id);
    if (stamp === 'over') return await room.refuse(c, 409, `/${id}`);
    const desk = await room.desk();
    const waiting = await desk.open(id);
    if (!waiting) return await room.refuse(c, 404);
    if (waiting === 'sealed') return await room.refuse(c, 503);

    const askFor = secretsToType(waiting);
    const { decision, faults } = verb === 'approve' ? readApproval(fields, askFor) : readDecline(fields);
    const decided =
      faults.length > 0 ? { kind: 'faults' as const, faults } : await desk.decide(id, session.approver, decision);
    if (decided.kind === 'faults') {
      const shown = toInputs(decided.faults, askFor);
      return await room.show(c, (frame) => requestPage(frame, waiting, 'open', shown), 422);
    }
    const { approver } = session;
    room.log.info({ approval: id, approver, decision: verb, result: decided.kind }, 'a decision at the approval page');
    return c.redirect(`${room.home}/${id}`, 303); // it says where the request stands now, whatever the result
  });
}

/** Browsers keep a strict cookie back when a link on another site was followed, in a chat for example. */
function comesFromElsewhere(c: Context): boolean {
  return c.req.header('sec-fetch-site') === 'cross-site' && c.req.query('here') === undefined;
}

function readDecline(fields: URLSearchParams): { decision: Decision; faults: [] } {
  const reason = fields.get('reason')?.toWellFormed().trim().slice(0, MAX_REASON);
  return { decision: { yes: false, ...(reason && { reason }) }, faults: [] };
}
