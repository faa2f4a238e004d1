import { bounds } from '../bounds.ts';
import type { ConfigFile } from './schema.ts';

type Partially<T> = T extends object ? { readonly [Key in keyof T]?: Partially<T[Key]> } : T;

/** The claims that identify a person, as caller and as approver. */
const PRINCIPALS = ['sub', 'email', 'preferred_username', 'oid'] as const;

/** Defaults for settings that neither the configuration file nor the environment gives. */
export const DEFAULTS = {
  policy: { allowSecretInput: false },
  confirmation: {
    channel: 'auto',
    answerWithinSeconds: 120,
    minAnswerMs: 0,
    expiresMinutes: 10,
    approvalExpiresHours: 24,
    approversNeeded: 1,
    callerMayApprove: false,
  },
  approvals: { oidc: { name: 'email', principals: PRINCIPALS } },
  log: 'info',
  http: {
    sessions: { max: 1000, idleMinutes: 30 },
    rateLimit: { perMinute: 600 },
    bodyBytes: 1_048_576,
    auth: { oauth: { principals: PRINCIPALS, acceptJwtType: false } },
  },
  limits: {
    callSeconds: 30,
    batchSeconds: 300,
    findSeconds: 8,
    requestSeconds: 10,
    responseBytes: 1_048_576,
    concurrentWrites: 5,
    attempts: 4,
    guessesPerHour: bounds.guessesPerHour,
    undoDays: 30,
  },
} as const satisfies Partially<ConfigFile>;
