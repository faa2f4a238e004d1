import * as z from 'zod';
import { LOG_LEVELS } from '../lib/log.ts';
import { SENSITIVITIES } from '../providers/provider.ts';
import { rulesSchema } from '../update/policy/rules.ts';
import { CONFIRMATION_CHANNELS } from '../update/ports.ts';

/** What a caller of the HTTP server may do. */
export const SCOPES = ['users:read', 'users:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** Bounded, since a timer of Node set for more than 2^31 ms fires at once, and dates end in the year 275760. */
const time = (max: number) => {
  const error = `expected a number above 0 and up to ${max}`;
  return z.number(error).positive(error).max(max, error);
};
const HOUR_IN_SECONDS = 3600;
const DAY_IN_SECONDS = 86_400;
const WEEK_IN_MINUTES = 10_080;
const YEAR_IN_HOURS = 8784;
const CENTURY_IN_DAYS = 36_525;

const HOST = /^([\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\])$/;
/** A name can never be taken for an OAuth identity, which holds an issuer's URL. */
const TOKEN_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** The parts of the configuration file, each made when it is needed: every start pays for what it makes. */
const sections = {
  $schema: () => z.string(),
  connections: () => z.record(z.string(), z.looseObject({ provider: z.string() })),
  policy: () => z.strictObject({ allowSecretInput: z.boolean().optional(), rules: rulesSchema().optional() }),
  redaction: () =>
    z.strictObject({
      fields: z.record(z.string(), z.enum(SENSITIVITIES)).optional(),
      relax: z.array(z.enum(['model', 'record'])).optional(),
    }),
  confirmation: () =>
    z.strictObject({
      channel: z.enum(CONFIRMATION_CHANNELS).optional(),
      answerWithinSeconds: time(DAY_IN_SECONDS).optional(),
      minAnswerMs: z
        .int()
        .min(0)
        .max(DAY_IN_SECONDS * 1000)
        .optional(),
      expiresMinutes: time(WEEK_IN_MINUTES).optional(),
      approvalExpiresHours: time(YEAR_IN_HOURS).optional(),
      approversNeeded: z.int().min(1).max(2).optional(),
      callerMayApprove: z.boolean().optional(),
    }),
  store: () => z.string().min(1),
  key: () => z.string().min(1),
  oldKeys: () => z.array(z.string().min(1)),
  log: () => z.enum(LOG_LEVELS),
  http: httpSchema,
  limits: () =>
    z.strictObject({
      callSeconds: time(HOUR_IN_SECONDS).optional(),
      findSeconds: time(HOUR_IN_SECONDS).optional(),
      requestSeconds: time(HOUR_IN_SECONDS).optional(),
      responseBytes: z.int().positive().optional(),
      concurrentWrites: z.int().positive().optional(),
      attempts: z.int().positive().optional(),
      guessesPerHour: z.int().positive().max(60).optional(),
      undoDays: z.number().nonnegative().max(CENTURY_IN_DAYS).optional(),
    }),
};

type Sections = typeof sections;

export type ConfigFile = { [Name in keyof Sections]?: z.output<ReturnType<Sections[Name]>> | undefined };

/**
 * The configuration file. Every part is optional; nothing in it has a default here, defaults are applied where the
 * settings are read, so that the file shows only what the operator said. Connections are checked by their providers.
 * Of a file at hand the parts that are `present` are enough.
 */
export function configSchema(present: readonly string[] = Object.keys(sections)) {
  const wanted = Object.entries(sections).filter(([name]) => present.includes(name));
  return z.strictObject(Object.fromEntries(wanted.map(([name, make]) => [name, make().optional()])));
}

function httpSchema() {
  return z.strictObject({
    publicUrl: z.url().optional(),
    allowedHosts: z.array(z.string().regex(HOST, 'expected a host name without a port')).optional(),
    allowedOrigins: z.array(z.url()).optional(),
    sessions: z
      .strictObject({ max: z.int().positive().optional(), idleMinutes: time(WEEK_IN_MINUTES).optional() })
      .optional(),
    rateLimit: z.strictObject({ perMinute: z.number().positive().optional() }).optional(),
    bodyBytes: z.int().positive().optional(),
    auth: z
      .strictObject({
        tokens: z
          .array(
            z.strictObject({
              name: z.string().regex(TOKEN_NAME, 'expected letters, digits, ".", "_" and "-", at most 64'),
              sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the token in hex'),
              scopes: z.array(z.enum(SCOPES)),
            }),
          )
          .optional(),
        oauth: z
          .strictObject({
            issuer: z.url(),
            audience: z.string().min(1),
            jwks: z.url(),
            principals: z.array(z.string().min(1).max(128)).max(16).optional(),
            acceptJwtType: z.boolean().optional(),
          })
          .optional(),
      })
      .optional(),
  });
}
