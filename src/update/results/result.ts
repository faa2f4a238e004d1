import { AppError, type ErrorCode } from '../../errors.ts';
import type { Call } from '../context.ts';
import type { Verification } from '../plan/verify.ts';
import type { CollateralView } from '../redact/types.ts';
import { type Redaction, viewCollateral, viewPlan } from '../redact/view.ts';
import type { ChangeResult, OutcomeName, Plan, Result, Verdict } from '../types.ts';
import { nextAfter } from './next-steps.ts';
import { vendorWords } from './vendor-message.ts';

export interface Words {
  outcome: OutcomeName;
  code?: ErrorCode;
  message: string;
  next?: string;
  /** Why the outcome is `unverified` or `conflict`, for the audit log. */
  detail?: string;
}

/** How a call ended, as the model may see it. */
export function makeResult(
  call: Call,
  redaction: Redaction,
  words: Words,
  plan?: Plan,
  more: Partial<Result> = {},
): Result {
  const view = plan && viewPlan(call, plan, 'model', redaction);
  const changes = view?.changes ?? [];
  const { detail: _, ...told } = words;
  const cleared = changes.filter((change) => change.cleared).map(({ field }) => field);
  return {
    kind: 'result',
    provider: call.connection.provider.id,
    connection: call.connection.name,
    user: { id: call.request.userId, ...(view && view.label !== view.userId && { label: view.label }) },
    changes: changes.map(toChangeResult),
    ...(cleared.length > 0 && { cleared }),
    ...told,
    ...more,
  };
}

function toChangeResult({ field, before, after }: CollateralView<'model'>): ChangeResult {
  return { field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** The rule that decided, with what the operator says about it. */
export function ruleText({ rule, note }: Verdict): string {
  return note === undefined ? rule : `${rule}: ${note}`;
}

/** What verification adds to a result: collateral by name, fields that cannot be seen. */
export function verificationFacts(call: Call, redaction: Redaction, seen: Verification): Partial<Result> {
  const collateral = seen.collateral.map((one) =>
    toChangeResult(viewCollateral(call.connection.provider, one, 'model', redaction)),
  );
  const unreadable = [...seen.writeOnly, ...seen.unreadable];
  return { ...(collateral.length > 0 && { collateral }), ...(unreadable.length > 0 && { unreadable }) };
}

export function strippedFacts(verdict: Verdict): Partial<Result> {
  return verdict.stripped.length > 0 ? { stripped: verdict.stripped } : {};
}

/** An error in words for the model: ours, and at most a short scrubbed excerpt of the vendor's, marked as quoted. */
export function failureWords(call: Call, error: unknown, sensitive: readonly string[]): Words {
  const known = error instanceof AppError;
  const code = known ? error.code : 'internal';
  const facts = known ? error.facts : {};
  const message = [
    known ? error.message : 'Something went wrong inside the server; the operator’s log says where.',
    ...vendorWords(call.connection.provider, call.request, { code, facts }, sensitive),
    'Nothing was changed.',
  ];
  return {
    outcome: 'failed',
    code,
    message: message.join(code === 'invalid_input' ? '\n' : ' '),
    next: nextAfter({ code, facts }),
  };
}
