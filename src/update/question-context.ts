import { type Journey, secretTexts } from './journey.ts';
import type { QuestionContext } from './question.ts';
import { makeScrub } from './scrub.ts';
import { sideEffects } from './side-effects.ts';
import type { Plan, Verdict } from './types.ts';

/** What a question says besides the change itself. */
export function contextOf({ call }: Journey, plan: Plan, verdict: Verdict, again?: string): QuestionContext {
  const { connection, request, caller } = call;
  return {
    providerTitle: connection.provider.title,
    caller,
    stripped: verdict.stripped,
    warnings: sideEffects(connection.provider, plan),
    contested: plan.contested,
    emails: [...new Set(plan.emails)],
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(request.reason !== undefined && { reason: makeScrub(secretTexts(call))(request.reason) }),
    ...(again !== undefined && { again }),
  };
}
