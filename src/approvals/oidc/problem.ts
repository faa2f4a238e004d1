import { TransportError } from '../../upstream/errors.ts';

/** Why a sign-in by OpenID Connect ended without an approver; the page has a sentence for each. */
export const OIDC_PROBLEMS = [
  'unavailable',
  'cancelled',
  'invalid',
  'outdated',
  'not-fresh',
  'not-allowed',
  'no-name',
  'name-taken',
] as const;
export type OidcProblem = (typeof OIDC_PROBLEMS)[number];

/** `detail` is for the log, in our words or codes: text of the issuer is in neither. */
export class OidcError extends Error {
  override readonly name = 'OidcError';
  readonly problem: OidcProblem;
  readonly detail: string;

  constructor(problem: OidcProblem, detail: string) {
    super(`${problem}: ${detail}`);
    this.problem = problem;
    this.detail = detail;
  }
}

/** What the library threw while it checked the issuer's answer. */
export function toOidcError(error: unknown): OidcError {
  if (error instanceof OidcError) return error;
  const transport = transportProblem(error);
  if (transport !== undefined) return new OidcError('unavailable', transport);
  const facts = typeof error === 'object' && error !== null ? (error as { code?: unknown; error?: unknown }) : {};
  const code = toCode(facts.code) ?? 'failed';
  const named = toCode(facts.error);
  const detail = named === undefined ? code : `${code} ${named}`;
  // The issuer sent the browser back with an error: mostly because the person did not go on.
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') return new OidcError('cancelled', detail);
  const isTheirs = named !== undefined && named !== 'invalid_grant';
  const isNoAnswer = /NOT_JSON|NOT_CONFORM|PARSE_ERROR|CHALLENGE|OAUTH_TIMEOUT/.test(code);
  return new OidcError(isTheirs || isNoAnswer ? 'unavailable' : 'invalid', detail);
}

function transportProblem(error: unknown, depth = 0): string | undefined {
  if (error instanceof TransportError) return error.problem;
  return error instanceof Error && depth < 4 ? transportProblem(error.cause, depth + 1) : undefined;
}

/** Error codes are short words; anything else is text that could be anything. */
function toCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z_]{1,64}$/.test(value) ? value : undefined;
}
