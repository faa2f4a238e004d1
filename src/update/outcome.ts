import { AppError, type ErrorCode } from '../errors.ts';
import { valueAt } from '../json-value.ts';
import type { Call } from './journey.ts';
import { nextAfter } from './next-steps.ts';
import { printable } from './printable.ts';
import type { OutcomeName, Plan, Result, Verdict } from './types.ts';
import { vendorWords } from './vendor-words.ts';
import type { Verification } from './verify.ts';
import { type Redaction, viewPlan, viewValue } from './view.ts';

export interface Words {
  outcome: OutcomeName;
  code?: ErrorCode;
  message: string;
  next?: string;
}

/** How a call ended, as the model may see it. */
export function makeResult(
  call: Call,
  redaction: Redaction,
  words: Words,
  plan?: Plan,
  more: Partial<Result> = {},
): Result {
  const view = plan && viewPlan(call.connection, plan, 'model', redaction, call.request.undo === undefined);
  const fields = view?.fields ?? [];
  const cleared = plan ? clearedNames(call, plan) : [];
  return {
    kind: 'result',
    provider: call.connection.provider.id,
    connection: call.connection.name,
    user: { id: call.request.userId, ...(view && view.label !== view.userId && { label: view.label }) },
    changes: fields.map(({ field, before, after }) => ({ field, before, after })),
    ...(cleared.length > 0 && { cleared }),
    ...words,
    ...more,
  };
}

/** Whole fields that are emptied, and `field.key` of merged objects. */
function clearedNames(call: Call, { changes }: Plan): string[] {
  return changes.flatMap(({ field, cleared, before }) => {
    if (cleared) return [field];
    const named = call.request.clear.filter((name) => name.startsWith(`${field}.`));
    return named.filter((name) => valueAt(before, [name.slice(field.length + 1)]) !== undefined);
  });
}

/** What verification adds to a result: collateral by name, fields that cannot be seen. */
export function verificationFacts(call: Call, redaction: Redaction, seen: Verification): Partial<Result> {
  const { provider } = call.connection;
  const collateral = seen.collateral.map(({ field, before, after }) => ({
    field: printable(field),
    before: viewValue(provider, field, before, 'model', redaction),
    after: viewValue(provider, field, after, 'model', redaction),
  }));
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
