import * as z from 'zod';
import { described } from '../lib/described.ts';
import { LOG_LEVELS } from '../lib/log.ts';
import { SENSITIVITIES } from '../providers/field.ts';
import { rulesSchema } from '../update/policy/rules.ts';
import { CONFIRMATION_CHANNELS } from '../update/ports.ts';
import { approvalsSchema } from './approvals/schema.ts';
import { notifySchema } from './notify.ts';

/** The rights of a caller of the HTTP server. */
export const SCOPES = ['users:read', 'users:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** Timers of Node set for more than 2^31 ms fire at once, and dates end in the year 275760: every time has a maximum. */
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
/** Without `#` and `:`, so that no token name can be taken for the identity of an OAuth caller, `ISSUER#SUB`. */
const TOKEN_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** The sections of the configuration file, each created on demand: every schema costs startup time. */
const sections = {
  $schema: () => described('The JSON Schema of this file, for editors.', z.string()),
  providers: () =>
    described(
      'Providers besides those that are built in: paths of provider files, relative to this file, and presets such as `preset:okta`.',
      z.array(z.string().min(1)).max(32),
    ),
  connections: connectionsSchema,
  policy: policySchema,
  redaction: redactionSchema,
  confirmation: confirmationSchema,
  approvals: approvalsSchema,
  store: () =>
    described(
      'Where the audit log and approvals are kept: the path of an SQLite file, `memory`, or a `postgres://` URL. Without it `changes.db` in the state folder.',
      z.string().min(1),
    ),
  key: () =>
    described(
      '32 bytes as base64 or hex. It seals before-images and signs approvals and the end of the audit log. Without it a key file is created beside the SQLite file, or in the state folder.',
      z.string().min(1),
    ),
  oldKeys: () => described('Earlier keys: what they sealed and signed still counts.', z.array(z.string().min(1))),
  log: () => described('The least severe level that is logged to stderr.', z.enum(LOG_LEVELS)),
  http: httpSchema,
  limits: limitsSchema,
  notify: notifySchema,
};

type Sections = typeof sections;

export type ConfigFile = { [Name in keyof Sections]?: z.output<ReturnType<Sections[Name]>> | undefined };

/**
 * The schema of the configuration file. Every section is optional, and no key has a default here, so that the parsed
 * file holds only what the operator wrote. Connections are checked by their providers. Only the sections in `present`
 * are created.
 */
export function configSchema(present: readonly string[] = Object.keys(sections)) {
  const made = Object.entries(sections).filter(([name]) => present.includes(name));
  return z.strictObject(Object.fromEntries(made.map(([name, make]) => [name, make().optional()])));
}

function connectionsSchema() {
  return described(
    'Connections by name, beside those of the environment; the file wins by name. With several of one provider, its tools take a required `connection`.',
    z.record(z.string(), z.looseObject({ provider: described('The id of the provider.', z.string()) })),
  );
}

function policySchema() {
  return described(
    'Who has to agree to which change.',
    z.strictObject({
      allowSecretInput: described(
        'Lists secret fields in `set`, so that callers can send their values. They are masked all the same.',
        z.boolean(),
      ).optional(),
      rules: rulesSchema().optional(),
    }),
  );
}

function redactionSchema() {
  return described(
    'Who sees which values.',
    z.strictObject({
      fields: described(
        'Moves fields to another class, by patterns such as `*.position`. The first match counts.',
        z.record(z.string(), z.enum(SENSITIVITIES)),
      ).optional(),
      relax: described(
        'Audiences that see personal values: the model, or the audit log (`record`).',
        z.array(z.enum(['model', 'record'])),
      ).optional(),
    }),
  );
}

function confirmationSchema() {
  return described(
    'How people are asked.',
    z.strictObject({
      channel: described(
        'Where a `confirm` is asked. `auto`: in the client, or out of band where the client cannot ask. `client`: only in the client. `page`: always out of band.',
        z.enum(CONFIRMATION_CHANNELS),
      ).optional(),
      answerWithinSeconds: described(
        'How long the server waits for the answer of a client before the question goes out of band.',
        time(DAY_IN_SECONDS),
      ).optional(),
      minAnswerMs: described(
        'A yes from the client that comes faster counts as automatic, and the question goes out of band.',
        z
          .int()
          .min(0)
          .max(DAY_IN_SECONDS * 1000),
      ).optional(),
      expiresMinutes: described('How long an answer given in the client counts.', time(WEEK_IN_MINUTES)).optional(),
      approvalExpiresHours: described('How long an approval and its decision count.', time(YEAR_IN_HOURS)).optional(),
      approversNeeded: described('How many approvers have to agree.', z.int().min(1).max(2)).optional(),
      callerMayApprove: described('Lets callers approve their own changes.', z.boolean()).optional(),
    }),
  );
}

function limitsSchema() {
  const count = () => z.int().positive();
  return described(
    'Time, size and number limits.',
    z.strictObject({
      callSeconds: described(
        'The time of one call of an update tool, without the time a person takes to answer.',
        time(HOUR_IN_SECONDS),
      ).optional(),
      batchSeconds: described(
        'The time of one call of `update_users`; what was not begun by then is not made.',
        time(HOUR_IN_SECONDS),
      ).optional(),
      findSeconds: described('The time of one call of `find_user`.', time(HOUR_IN_SECONDS)).optional(),
      requestSeconds: described('The time of one request to a vendor.', time(HOUR_IN_SECONDS)).optional(),
      responseBytes: described('The size of one response of a vendor.', count()).optional(),
      concurrentWrites: described('Writes to one connection at the same time.', count()).optional(),
      attempts: described('How often one request is tried, the first time included.', count()).optional(),
      guessesPerHour: described(
        'Different target values that one caller may try in an hour for one masked field of one user.',
        count().max(60),
      ).optional(),
      undoDays: described(
        'Days for which before-images are kept for undo.',
        z.number().nonnegative().max(CENTURY_IN_DAYS),
      ).optional(),
    }),
  );
}

function httpSchema() {
  return described(
    'The HTTP server.',
    z.strictObject({
      publicUrl: described(
        'The address at which clients and people reach the server, without a path.',
        z.url(),
      ).optional(),
      allowedHosts: described(
        'Host names that are served besides `publicUrl`, the bound address and loopback, without a port.',
        z.array(z.string().regex(HOST, 'expected a host name without a port')),
      ).optional(),
      allowedOrigins: described(
        'Origins of web pages that may call the server, besides its own and loopback.',
        z.array(z.url()),
      ).optional(),
      sessions: described(
        'MCP sessions of 2025-era clients.',
        z.strictObject({
          max: described('Open sessions at the same time.', z.int().positive()).optional(),
          idleMinutes: described(
            'A session without requests is closed after this time.',
            time(WEEK_IN_MINUTES),
          ).optional(),
        }),
      ).optional(),
      rateLimit: described(
        'The rate limit of each caller.',
        z.strictObject({ perMinute: described('Requests in a minute.', z.number().positive()).optional() }),
      ).optional(),
      bodyBytes: described('The size of one request body.', z.int().positive()).optional(),
      auth: authSchema().optional(),
    }),
  );
}

function authSchema() {
  return described(
    'Who may call the server. Without it the server binds and serves loopback only.',
    z.strictObject({
      tokens: described('Bearer tokens.', z.array(tokenSchema())).optional(),
      oauth: described(
        'OAuth access tokens (RFC 9068).',
        z.strictObject({
          issuer: described('The `iss` of the tokens.', z.url()),
          audience: described('The `aud` of the tokens.', z.string().min(1)),
          jwks: described("The URL of the issuer's key set; https, or plain http on loopback.", z.url()),
          principals: described(
            "Claims that identify a caller: an approver with one of these values may not approve that caller's changes. `email` counts only where it is verified.",
            z.array(z.string().min(1).max(128)).max(16),
          ).optional(),
          acceptJwtType: described('Also accepts tokens whose `typ` is `JWT` or missing.', z.boolean()).optional(),
        }),
      ).optional(),
    }),
  );
}

function tokenSchema() {
  return z.strictObject({
    name: described(
      'The caller in rules and in the audit log.',
      z.string().regex(TOKEN_NAME, 'expected letters, digits, ".", "_" and "-", at most 64'),
    ),
    sha256: described(
      'The SHA-256 of the token, in hex.',
      z.string().regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the token in hex'),
    ),
    scopes: described('What the token allows.', z.array(z.enum(SCOPES))),
  });
}
