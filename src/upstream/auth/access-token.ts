import { AppError } from '../../errors.ts';
import { beforeDeadline, type Deadline } from '../../lib/async/deadline.ts';
import type { TokenClient } from '../../providers/interpret/token-client.ts';
import type { Connection } from '../../update/types.ts';
import { endpointOf } from '../endpoint.ts';
import { nameOf } from '../errors.ts';
import { paceOf } from '../pace/turn.ts';
import type { UpstreamLimits } from '../types.ts';
import { addIssuedToken } from './issued-tokens.ts';
import { requestToken, type TokenReply } from './token-request.ts';

interface HeldToken {
  token: string;
  /** Milliseconds of the monotonic clock. */
  renewAt: number;
}

interface TokenState {
  held?: HeldToken;
  pending?: Promise<TokenReply>;
}

const states = new WeakMap<Connection, TokenState>();

/** Whether the next request has to wait for a token. */
export function needsToken(connection: Connection): boolean {
  return endpointOf(connection).tokenClient !== undefined && !isFresh(states.get(connection)?.held);
}

function isFresh(held: HeldToken | undefined): held is HeldToken {
  return held !== undefined && performance.now() < held.renewAt;
}

/**
 * The access token of a connection: the held one, or a new one. Calls that need one at the same time share a request. It
 * goes on after the deadline of one of them, for the others.
 */
export async function accessToken(
  connection: Connection,
  client: TokenClient,
  limits: UpstreamLimits,
  within: Deadline,
): Promise<TokenReply> {
  const state = states.get(connection) ?? {};
  states.set(connection, state);
  if (isFresh(state.held)) return { ok: true, token: state.held.token, seconds: undefined };
  state.pending ??= renew(connection, client, limits, state).finally(() => delete state.pending);
  return await beforeDeadline(state.pending, within, () => late(connection));
}

/** Forgets a token that was refused, unless another one has replaced it. */
export function dropToken(connection: Connection, token: string): void {
  const state = states.get(connection);
  if (state?.held?.token === token) delete state.held;
}

async function renew(
  connection: Connection,
  client: TokenClient,
  limits: UpstreamLimits,
  state: TokenState,
): Promise<TokenReply> {
  const started = performance.now();
  const reply = await requestToken(connection, client, limits);
  if (!reply.ok) {
    // Without a token nothing can be sent, so the whole connection waits.
    if (reply.slowDown) paceOf(connection).slowDown(performance.now(), started, reply.slowDown.askedMs);
    return reply;
  }
  addIssuedToken(connection, reply.token);
  const lifetime = (reply.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  state.held = { token: reply.token, renewAt: started + lifetime - Math.min(LEAD_MS, lifetime / 10) };
  return reply;
}

/** A token is renewed this long before its end, or a tenth of its lifetime. */
const LEAD_MS = 60_000;

function late(connection: Connection): TokenReply {
  const message = `The token endpoint of ${nameOf(connection)} did not answer in time.`;
  return { ok: false, error: new AppError('upstream_unavailable', message), passes: false };
}
