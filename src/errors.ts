import { ERROR_KINDS, type VendorFault } from './providers/errors.ts';

/** The stable codes of results. Scripts rely on them: messages may change, codes do not. */
export const ERROR_CODES = [
  ...ERROR_KINDS,
  'invalid_input',
  'confirmation_unavailable',
  'approval_expired',
  'denied_by_policy',
  'declined',
  'cancelled',
  'undone',
  'not_started',
  'guess_limit',
  'unverified',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Additional facts about a failure. */
export interface ErrorFacts {
  /** The vendor's description of the fault. Foreign text: shown only scrubbed and quoted. */
  faults?: readonly VendorFault[];
  /** The HTTP status of the response. */
  status?: number;
  retryAfterSeconds?: number;
  /** The code of the cause, such as `ECONNREFUSED`, and what the operator can do. Both come from a fixed list. */
  reason?: string;
  remedy?: string;
  /** The setting that the operator has to correct. */
  setting?: string;
  /** The next step, if the code alone does not imply it. */
  next?: string;
}

/**
 * The one error class. `message` is public: our own text, safe for a model, a person and a log. The original error,
 * foreign text included, stays in `cause` and never leaves the process.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { facts?: ErrorFacts } = {}) {
    super(message, options);
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** A mistake of the operator in a setting or a command argument. The command exits with status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
