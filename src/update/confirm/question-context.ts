import { shownReason, type UpdateContext } from '../context.ts';
import type { Plan, Verdict } from '../types.ts';
import type { QuestionContext } from './question.ts';

/** What a question says besides the change itself. */
export function contextOf({ call }: UpdateContext, plan: Plan, verdict: Verdict, again?: string): QuestionContext {
  const { connection, request, caller } = call;
  const reason = shownReason(call);
  return {
    providerTitle: connection.provider.title,
    caller,
    stripped: verdict.stripped,
    contested: plan.contested,
    emails: [...new Set(plan.emails)],
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(reason !== undefined && { reason }),
    ...(again !== undefined && { again }),
  };
}
