import type { Hono } from 'hono';
import { MIN_PASSPHRASE } from '../../../approvals/passphrase.ts';
import type { FieldError } from '../../../providers/provider.ts';
import type { Env, PageContext } from '../context.ts';
import type { FormFields } from '../form-fields.ts';
import { passphrasePage } from '../sign-in/passphrase-page.ts';
import { sourceOf } from './sign-in.ts';

/** Changing one's own passphrase, with the one of now. */
export function addPassphraseRoutes(router: Hono<Env>, context: PageContext): void {
  const { home } = context;

  router.get('/passphrase', async (c) => {
    const session = c.get('session');
    if (!session) return context.redirectToSignIn(c);
    if (session.isOidc) return await context.renderError(c, 404);
    return await context.render(c, (frame) => passphrasePage(frame));
  });

  router.post('/passphrase', async (c) => {
    const submission = await context.readSubmission(c);
    if (submission instanceof Response) return submission;
    const { fields, session } = submission;
    if (session.isOidc) return await context.renderError(c, 404);
    const retry = (errors: readonly FieldError[]) => context.render(c, (frame) => passphrasePage(frame, errors), 422);
    const errors = errorsIn(fields);
    if (errors.length > 0) return await retry(errors);

    const service = await context.service();
    const { approver } = session;
    const result = await service.signIn(approver, fields.get('passphrase') ?? '', sourceOf(c.env?.address));
    if (result.kind === 'wait') {
      const message = `was wrong too often; wait ${result.seconds} seconds, then try again`;
      return await retry([{ field: 'passphrase', message }]);
    }
    if (result.kind !== 'ok') return await retry([{ field: 'passphrase', message: 'is not right' }]);
    if (!(await service.changePassphrase(result.approver, fields.get('next') ?? ''))) {
      return context.redirectToSignIn(c); // changed or removed meanwhile, so this session has ended too
    }
    const sessions = await context.sessions();
    await sessions.end(session);
    const changed = await service.approver(approver);
    c.set('session', changed && sessions.create(changed));
    context.log.info({ approver }, 'an approver changed the passphrase');
    return c.redirect(home, 303);
  });
}

function errorsIn(fields: FormFields): FieldError[] {
  const [old = '', next = '', again = ''] = ['passphrase', 'next', 'again'].map((name) => fields.get(name));
  const errors: FieldError[] = [];
  if (old === '') errors.push({ field: 'passphrase', message: 'is missing' });
  if ([...next].length < MIN_PASSPHRASE) {
    errors.push({ field: 'next', message: `needs at least ${MIN_PASSPHRASE} characters` });
  } else if (next === old) errors.push({ field: 'next', message: 'is the passphrase of now' });
  if (next !== again) errors.push({ field: 'again', message: 'is not the same as the first one' });
  return errors;
}
