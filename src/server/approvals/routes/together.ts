import type { Context, Hono } from 'hono';
import { type Approval, isBatch, type SingleApproval } from '../../../approvals/approval.ts';
import { areAlike, decideTogether, MAX_TOGETHER, whatToType } from '../../../approvals/together.ts';
import { spelledOut } from '../../../update/confirm/typed-name.ts';
import type { Env, PageContext } from '../context.ts';
import type { FormFields } from '../form-fields.ts';
import { parseDecline } from '../pages/requests/decide-forms.ts';
import { decidedPage, notTogetherPage, parsePicks, type Reviewed, togetherPage } from '../pages/requests/together.ts';
import type { ApproverSession } from '../session.ts';

/** Several requests, shown in full and decided with one yes or no. Looking at them changes nothing. */
export function addTogetherRoutes(router: Hono<Env>, context: PageContext): void {
  router.get('/together', async (c) => {
    const session = c.get('session');
    if (!session) return context.redirectToSignIn(c);
    const reviewed = await review(c.get('query'), session);
    if (typeof reviewed === 'string') return await context.render(c, (frame) => notTogetherPage(frame, reviewed));
    return await context.render(c, (frame) => togetherPage(frame, reviewed));
  });

  router.post('/together/:verb{approve|decline}', async (c) => {
    const yes = c.req.param('verb') === 'approve';
    const submission = await context.readSubmission(c);
    if (submission instanceof Response) return submission;
    const { fields, session } = submission;
    const reviewed = await review(fields, session);
    if (typeof reviewed === 'string') return await context.render(c, (frame) => notTogetherPage(frame, reviewed), 422);
    // All or none: what the person saw as one decision is not taken in part.
    const isTooOld = reviewed.some((one) => one.review.eligibility.kind === 'sign-in-again');
    if (isTooOld) return context.redirectToFreshSignIn(c);
    return await decide(c, reviewed, session.approver, fields, yes);
  });

  async function decide(
    c: Context<Env>,
    reviewed: readonly Reviewed[],
    approver: string,
    fields: FormFields,
    yes: boolean,
  ): Promise<Response> {
    const given = yes ? { decision: { yes, typed: fields.get('typed') ?? '' }, errors: [] } : parseDecline(fields);
    const all = reviewed.map(({ approval }) => approval);
    const decided =
      given.errors.length > 0
        ? undefined
        : await decideTogether(await context.service(), all, approver, given.decision);
    if (!decided) {
      const wrong = [{ field: 'typed', message: `does not match; type ${spelledOut(whatToType(all) ?? '')}` }];
      const errors = given.errors.length > 0 ? given.errors : wrong;
      return await context.render(c, (frame) => togetherPage(frame, reviewed, errors), 422);
    }
    for (const { approval, result } of decided) {
      const facts = { approval: approval.row.id, approver, decision: yes ? 'approve' : 'decline', result: result.kind };
      context.log.info(facts, 'a decision at the approval page');
    }
    await Promise.all(
      decided.map(async ({ result }) => result.kind === 'decided' && (await context.runUndo(result.row))),
    );
    return await context.render(c, (frame) => decidedPage(frame, decided, yes));
  }

  /** The picked requests as this approver sees them, or why they cannot be decided together. */
  async function review(fields: FormFields, session: ApproverSession): Promise<Reviewed[] | string> {
    const ids = parsePicks(fields);
    if (ids.length === 0) return 'Nothing was selected.';
    if (ids.length > MAX_TOGETHER) return `At most ${MAX_TOGETHER} requests are decided together.`;
    const service = await context.service();
    const found = await Promise.all(ids.map(async (id) => await service.openFor(id, session.approver)));
    const readable = found.filter((one): one is Approval => one !== undefined && one !== 'sealed');
    if (readable.length < ids.length) return 'One of the requests is gone, or cannot be read here.';
    const singles = readable.filter((one): one is SingleApproval => !isBatch(one));
    if (singles.length < readable.length) return 'A batch is decided alone.';
    if (!areAlike(singles)) {
      return 'Only requests for one person, or of one caller for the same change, are decided together.';
    }
    return await Promise.all(
      singles.map(async (approval) => ({ approval, review: await context.review(session, approval) })),
    );
  }
}
