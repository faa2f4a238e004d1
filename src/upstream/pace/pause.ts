import type { Connection } from '../../update/types.ts';

/** What a vendor asked for with a response that says "slow down": it holds for the whole connection, not for one request. */

/** Until when nothing is to be sent, in ms of the monotonic clock. */
const until = new WeakMap<Connection, number>();

export function pause(connection: Connection, ms: number): void {
  until.set(connection, Math.max(until.get(connection) ?? 0, performance.now() + ms));
}

/** How long to wait before the next request, in ms; 0 if there is no need to. */
export function pauseMs(connection: Connection): number {
  return Math.max(0, (until.get(connection) ?? 0) - performance.now());
}
