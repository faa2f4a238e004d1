import { AppError, type ErrorCode } from '../../errors.ts';
import { parseJson } from '../../lib/json/json.ts';
import { type Json, valueAt } from '../../lib/json/json-value.ts';
import { basicOf, type TokenClient } from '../../providers/interpret/token-client.ts';
import type { Connection } from '../../update/types.ts';
import { logFailure, nameOf, operatorMustFix, TransportError, toConnectionError } from '../errors.ts';
import { exchange, type HttpResponse } from '../http/transport.ts';
import { retryAfterSeconds } from '../refusal.ts';
import type { UpstreamLimits } from '../types.ts';

/** A response to a request for a token. With `passes` another request may succeed; with `slowDown` in its turn. */
export type TokenReply =
  | { ok: true; token: string /** As the response says; undefined if it does not. */; seconds: number | undefined }
  | { ok: false; error: AppError; passes: boolean; slowDown?: { askedMs: number | undefined } };

/** A token is a few kilobytes at most. */
const MAX_BYTES = 65_536;

/** Asks for an access token (RFC 6749 section 4.4). Nothing of the response is in the error. */
export async function requestToken(
  connection: Connection,
  client: TokenClient,
  limits: UpstreamLimits,
): Promise<TokenReply> {
  const started = performance.now();
  const response = await send(client, limits).catch((error: unknown) => {
    if (error instanceof TransportError) return error;
    throw error;
  });
  const status = response instanceof TransportError ? 0 : response.status;
  limits.telemetry?.upstream(connection.provider.id, 'POST', status, (performance.now() - started) / 1000);
  const reply =
    response instanceof TransportError ? unreached(connection, response) : toReply(connection, client, response);
  if (!reply.ok) logFailure(connection, { method: 'POST' }, reply.error, limits, status || undefined);
  return reply;
}

function send({ url, id, secret, scope, sends }: TokenClient, limits: UpstreamLimits): Promise<HttpResponse> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(sends === 'form' && { client_id: id, client_secret: secret }),
    ...(scope !== undefined && { scope }),
  });
  return exchange({
    method: 'POST',
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'update-user-mcp',
      ...(sends === 'basic' && { authorization: `Basic ${basicOf({ id, secret })}` }),
    },
    body: body.toString(),
    timeoutMs: limits.requestMs,
    maxBytes: MAX_BYTES,
  });
}

function unreached(connection: Connection, error: TransportError): TokenReply {
  if (error.problem === 'oversized') return noToken(connection);
  const passes = error.problem === 'unreachable' || error.problem === 'broken';
  return { ok: false, error: toConnectionError(endpointName(connection), error, { responseBytes: MAX_BYTES }), passes };
}

function toReply(
  connection: Connection,
  client: TokenClient,
  { status, headers, text = '' }: HttpResponse,
): TokenReply {
  const body = toBody(text);
  if (status === 200) return toToken(connection, body);
  const who = endpointName(connection);
  const fail = (code: ErrorCode, what: string, remedy: string): TokenReply => {
    const facts = { remedy, next: operatorMustFix(remedy) };
    return { ok: false, passes: false, error: new AppError(code, `${who} ${what} (HTTP ${status}).`, { facts }) };
  };
  if (status === 429) {
    const error = new AppError('rate_limited', `${who} says to slow down (HTTP ${status}).`);
    const asked = retryAfterSeconds(connection.provider, headers, { slowedDown: false });
    return { ok: false, passes: true, error, slowDown: { askedMs: asked && asked * 1000 } };
  }
  if (status >= 500) {
    const error = new AppError('upstream_unavailable', `${who} is not available (HTTP ${status}).`);
    return { ok: false, passes: status !== 501, error };
  }
  if (status < 400 || [404, 405, 410].includes(status)) {
    const what = status < 400 ? 'responded with something other than a token' : 'is not at this address';
    return fail('upstream_unavailable', what, 'check tokenUrl, and the settings that are part of it');
  }
  return fail('credentials_rejected', ...refusal(client, valueAt(body, ['error'])));
}

/** What a documented code means (RFC 6749 section 5.2), and what to do. Any other text is not repeated. */
function refusal({ names, scope }: TokenClient, code: Json | undefined): [what: string, remedy: string] {
  switch (code) {
    case 'unauthorized_client':
    case 'unsupported_grant_type':
    case 'access_denied':
      return [
        `does not let this client get a token for itself: ${code}`,
        'allow the grant "client credentials" for this client there',
      ];
    case 'invalid_scope':
      return ['does not know the scope, or refuses it: invalid_scope', `check the scope${listed(names.scope, scope)}`];
    default: {
      const named = code === 'invalid_client' || code === 'invalid_request' || code === 'invalid_grant';
      return [`rejected this client${named ? `: ${code}` : ''}`, `check ${names.client.join(' and ')}`];
    }
  }
}

function listed(names: readonly string[], scope: string | undefined): string {
  if (names.length > 0) return ` in ${names.join(' and ')}`;
  return scope === undefined ? '' : ' of this provider';
}

/** RFC 6749 section 5.1, RFC 6750 section 2.1. A token with other characters would end the header it is sent in. */
function toToken(connection: Connection, body: Json | undefined): TokenReply {
  const [token, type = 'bearer', lasts] = ['access_token', 'token_type', 'expires_in'].map((key) =>
    valueAt(body, [key]),
  );
  const isUsable = typeof token === 'string' && /^[\x21-\x7e]{1,32768}$/.test(token);
  if (isUsable && String(type).toLowerCase() === 'bearer') {
    const seconds = typeof lasts === 'string' && lasts.trim() === '' ? Number.NaN : Number(lasts ?? Number.NaN);
    return { ok: true, token, seconds: Number.isFinite(seconds) ? Math.max(0, seconds) : undefined };
  }
  return noToken(connection);
}

function noToken(connection: Connection): TokenReply {
  const message = `${endpointName(connection)} responded with something other than a bearer token.`;
  const remedy = 'check tokenUrl, and what kind of token is issued there';
  const error = new AppError('upstream_unavailable', message, { facts: { remedy, next: operatorMustFix(remedy) } });
  return { ok: false, passes: false, error };
}

function toBody(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function endpointName(connection: Connection): string {
  return `The token endpoint of ${nameOf(connection)}`;
}
