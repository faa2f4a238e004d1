import type { AppError, ErrorCode } from '../../errors.ts';

/** The default next step for each code. */
export const NEXT: Readonly<Record<ErrorCode, string>> = {
  invalid_input: 'Correct the arguments and call again.',
  not_found: 'Check user_id; find_user looks ids up.',
  credentials_rejected: 'The operator has to renew the credential of this connection.',
  forbidden: 'The operator has to give this connection’s credential the permission.',
  uniqueness_conflict: 'Choose a value no other user has.',
  rate_limited: 'Wait 60 seconds, then call again.',
  upstream_rejected: 'Do not repeat the same call: correct what was refused, or tell the person.',
  upstream_unavailable: 'Try again later.',
  confirmation_unavailable: 'Have the operator set up a way to ask a person.',
  approval_expired: 'Call again to ask anew.',
  record_changed: 'Look at the record, then decide again.',
  denied_by_policy: 'Do not retry; only the operator can change the policy.',
  declined: 'Do not call again for the same change unless the person asks for it.',
  cancelled: 'Do not call again for the same change unless the person asks for it.',
  undone: 'Nothing of this change is left; correct what failed, then call again for all of it.',
  not_started: 'Call again for what was not begun.',
  guess_limit: 'Do not try further values. Wait an hour, or ask the person what the value is.',
  unverified: 'Do not repeat the call blindly: look at the record first.',
  internal: 'Call again once; if it fails again, the operator has to look into the log.',
};

/** What to do next after a failure. */
export function nextAfter({ code, facts }: Pick<AppError, 'code' | 'facts'>): string {
  if (facts.next !== undefined) return facts.next;
  if (code !== 'rate_limited' || facts.retryAfterSeconds === undefined) return NEXT[code];
  return `Wait ${facts.retryAfterSeconds} seconds, then call again.`;
}
