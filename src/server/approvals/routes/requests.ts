import type { Hono } from 'hono';
import { secretsToType } from '../../../approvals/approval.ts';
import { type Env, isId, type PageContext } from '../context.ts';
import { fieldsToInputs, parseApproval, parseDecline } from '../pages/requests/decide-forms.ts';
import { isMatching, parseFilter } from '../pages/requests/filters.ts';
import { type ListView, listPage, parseCursor } from '../pages/requests/list.ts';
import { requestPage } from '../pages/requests/request.ts';

/** The list of requests, one request, and the decision on it. */
export function addRequestRoutes(router: Hono<Env>, context: PageContext): void {
  const { home } = context;

  router.get('/', async (c) => {
    const session = c.get('session');
    if (!session) return context.redirectToSignIn(c);
    const query = c.get('query');
    const state = query.get('state') ?? 'pending';
    const cursor = query.get('after');
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    if ((state !== 'pending' && state !== 'approved') || (cursor !== undefined && !after)) {
      return await context.renderError(c, 400);
    }
    const service = await context.service();
    const { approver } = session;
    const filter = parseFilter(query);
    const found = await service.list(state, after, undefined, approver, (one) => isMatching(filter, one));
    const approved = await service.list('approved', undefined, 1, approver);
    const hasApproved = approved.approvals.length + approved.unreadable > 0;
    const list: ListView = {
      ...found,
      state,
      filter,
      providers: await service.providersFor(approver),
      pending: await service.countPending(approver),
      isFirst: after === undefined,
      hasApproved,
    };
    return await context.render(c, (frame) => listPage(frame, list));
  });

  router.get('/:id', async (c) => {
    const id = c.req.param('id');
    if (!isId(id)) return await context.renderError(c, 404);
    const session = c.get('session');
    if (!session) return context.redirectToSignIn(c, id);
    const service = await context.service();
    const approval = await service.openFor(id, session.approver);
    if (!approval) return await context.renderError(c, 404);
    if (approval === 'sealed') return await context.renderError(c, 503);
    const review = await context.review(session, approval);
    const isHeldBack = review.eligibility.kind === 'sign-in-again';
    const reason = isHeldBack
      ? undefined
      : (await context.drafts()).take(c, c.get('origin'), { id, approver: session.approver });
    return await context.render(c, (frame) =>
      requestPage({ ...frame, ...(reason !== undefined && { reason }) }, approval, review),
    );
  });

  router.post('/:id/:verb{approve|decline|take-back}', async (c) => {
    const { id, verb } = c.req.param();
    if (!isId(id)) return await context.renderError(c, 404);
    const submission = await context.readSubmission(c, `/${id}`);
    if (submission instanceof Response) return submission;
    const { fields, session } = submission;
    const service = await context.service();
    const { approver } = session;
    const approval = await service.openFor(id, approver);
    if (!approval) return await context.renderError(c, 404);
    if (approval === 'sealed') return await context.renderError(c, 503);

    if (verb === 'take-back') {
      const isTakenBack = await service.takeBack(id, approver);
      context.log.info(
        { approval: id, approver, decision: verb, result: isTakenBack },
        'a decision at the approval page',
      );
      return c.redirect(`${home}/${id}`, 303);
    }
    if (await context.needsFreshSignIn(session, approval)) {
      (await context.drafts()).keep(c, c.get('origin'), {
        id,
        approver,
        reason: parseDecline(fields).decision.reason ?? '',
      });
      return context.redirectToFreshSignIn(c, id);
    }
    const askFor = secretsToType(approval);
    const { decision, errors } = verb === 'approve' ? parseApproval(fields, askFor) : parseDecline(fields);
    const result =
      errors.length > 0 ? { kind: 'invalid' as const, errors } : await service.decide(id, approver, decision);
    if (result.kind === 'invalid') {
      const shown = fieldsToInputs(result.errors, askFor);
      // Reads the request again: another decision may have changed the secrets to type.
      const now = await service.open(id);
      const current = now === undefined || now === 'sealed' ? approval : now;
      const review = await context.review(session, current);
      return await context.render(c, (frame) => requestPage(frame, current, review, shown), 422);
    }
    context.log.info(
      { approval: id, approver, decision: verb, result: result.kind },
      'a decision at the approval page',
    );
    const shown = result.kind === 'decided' ? await context.runUndo(result.row) : id;
    return c.redirect(`${home}/${shown}`, 303); // which shows the status, whatever the result
  });
}
