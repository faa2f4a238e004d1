import * as z from 'zod';

const pattern = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const rule = z.strictObject({
  provider: pattern.optional(),
  connection: pattern.optional(),
  field: pattern.optional(),
  effect: pattern.optional(),
  caller: pattern.optional(),
  user: pattern.optional(),
  oldValue: pattern.optional(),
  newValue: pattern.optional(),
  decision: z.enum(['allow', 'confirm', 'approve', 'deny', 'strip']),
});

const seconds = z.number().positive();
const HOST = /^([\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\])$/;
/** A name can never be taken for an OAuth identity, which holds an issuer's URL. */
const TOKEN_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/**
 * The configuration file. Every part is optional; nothing in it has a default here, defaults are applied where the
 * settings are read, so that the file shows only what the operator said. Connections are checked by their providers.
 */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  connections: z.record(z.string(), z.looseObject({ provider: z.string() })).optional(),
  policy: z.strictObject({ allowSecretInput: z.boolean().optional(), rules: z.array(rule).optional() }).optional(),
  redaction: z
    .strictObject({
      fields: z.record(z.string(), z.enum(['public', 'personal', 'secret'])).optional(),
      relax: z.array(z.enum(['model', 'record'])).optional(),
    })
    .optional(),
  confirmation: z
    .strictObject({
      channel: z.enum(['auto', 'client', 'page']).optional(),
      answerWithinSeconds: seconds.optional(),
      expiresMinutes: seconds.optional(),
      approvalExpiresHours: seconds.optional(),
      approversNeeded: z.int().min(1).max(2).optional(),
      callerMayApprove: z.boolean().optional(),
    })
    .optional(),
  store: z.string().min(1).optional(),
  key: z.string().min(1).optional(),
  oldKeys: z.array(z.string().min(1)).optional(),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  http: z
    .strictObject({
      publicUrl: z.url().optional(),
      allowedHosts: z.array(z.string().regex(HOST, 'expected a host name without a port')).optional(),
      allowedOrigins: z.array(z.url()).optional(),
      sessions: z.strictObject({ max: z.int().positive().optional(), idleMinutes: seconds.optional() }).optional(),
      rateLimit: z.strictObject({ perMinute: z.number().positive().optional() }).optional(),
      bodyBytes: z.int().positive().optional(),
      auth: z
        .strictObject({
          tokens: z
            .array(
              z.strictObject({
                name: z.string().regex(TOKEN_NAME, 'expected letters, digits, ".", "_" and "-", at most 64'),
                sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the token in hex'),
                scopes: z.array(z.enum(['users:read', 'users:write'])),
              }),
            )
            .optional(),
          oauth: z.strictObject({ issuer: z.url(), audience: z.string().min(1), jwks: z.url() }).optional(),
        })
        .optional(),
    })
    .optional(),
  limits: z
    .strictObject({
      callSeconds: seconds.optional(),
      findSeconds: seconds.optional(),
      requestSeconds: seconds.optional(),
      responseBytes: z.int().positive().optional(),
      concurrentWrites: z.int().positive().optional(),
      attempts: z.int().positive().optional(),
      undoDays: z.number().nonnegative().optional(),
    })
    .optional(),
});

export type ConfigFile = z.output<typeof configSchema>;
