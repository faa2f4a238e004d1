import { AppError } from '../../errors.ts';
import { type Deadline, pausedUncounted } from '../../lib/async/deadline.ts';
import { perObject } from '../../lib/per-object.ts';
import type { Connection } from '../../update/types.ts';
import { nameOf } from '../errors.ts';
import type { UpstreamLimits } from '../types.ts';
import { createPace, type Pace } from './pace.ts';

/** Whether a request may be sent, and whether it had to wait for that; or the error if it cannot be sent in time. */
export type Turn = { ok: true; waited: boolean } | { ok: false; error: AppError };

const AT_ONCE: Turn = { ok: true, waited: false };
/** Timers may fire a little early: the rest of a pause that has been waited for. */
const EARLY_MS = 2;

/** The pace of a connection. It holds for all its requests, of single calls and of batches. */
export const paceOf = perObject((_: Connection): Pace => createPace());

/** For how long the vendor wants this connection to send nothing, in ms; 0 if it does not. */
export function pauseMs(connection: Connection): number {
  const ms = paceOf(connection).pausedUntil - performance.now();
  return ms > EARLY_MS ? ms : 0;
}

/** Waits until the pace of the connection lets the next request start. Does not begin a wait that cannot end in time. */
export function takeTurn(connection: Connection, within: Deadline, limits: Counted): Turn | Promise<Turn> {
  const pace = paceOf(connection);
  const reserve = () => {
    const at = pace.nextTurn(performance.now());
    pace.take(at);
    return at;
  };
  return waitUntil(reserve, connection, within, limits);
}

/**
 * Waits for the end of a pause only, then takes the turn of a write. A write is not kept from the read before it by the
 * turns of others, so that it need not look at the record again; they come later instead.
 */
export async function takeWriteTurn(connection: Connection, within: Deadline, limits: Counted): Promise<Turn> {
  const pace = paceOf(connection);
  const turn = await waitUntil(() => pace.pausedUntil, connection, within, limits);
  if (turn.ok) pace.take(pace.nextTurn(performance.now()));
  return turn;
}

type Counted = Pick<UpstreamLimits, 'telemetry'>;

/** `next`: the time to wait for. It is asked for again after a wait during which the vendor said to slow down. */
function waitUntil(
  next: () => number,
  connection: Connection,
  within: Deadline,
  limits: Counted,
): Turn | Promise<Turn> {
  const ms = msUntilTurn(next);
  return ms <= 0 ? AT_ONCE : wait(ms, next, connection, within, limits);
}

async function wait(
  firstMs: number,
  next: () => number,
  connection: Connection,
  within: Deadline,
  { telemetry }: Counted,
): Promise<Turn> {
  const began = performance.now();
  for (let ms = firstMs; ms > 0; ms = msUntilTurn(next)) {
    if (!(await pausedUncounted(ms, within))) return { ok: false, error: tooLate(connection, ms) };
    if (pauseMs(connection) === 0) break;
  }
  telemetry?.waited(connection.provider.id, (performance.now() - began) / 1000);
  return { ok: true, waited: true };
}

function msUntilTurn(next: () => number): number {
  return Math.ceil(next() - performance.now());
}

function tooLate(connection: Connection, ms: number): AppError {
  const message = `${nameOf(connection)} says to slow down for longer than this call may take. Nothing was sent.`;
  return new AppError('rate_limited', message, { facts: { retryAfterSeconds: Math.ceil(ms / 1000) } });
}
