/**
 * How fast one connection may send. The vendor sets the pace with responses that say "slow down": they pause the whole
 * connection, and show how many requests it takes in a while. Times are ms of the monotonic clock; the caller has it.
 */
export interface Pace {
  /** Nothing is sent before. */
  readonly pausedUntil: number;
  /** When the next request may start, not before `now`. */
  nextTurn(now: number): number;
  /** A request starts then. */
  take(at: number): void;
  /** The vendor said to slow down, and for how long if it named a time, to a request that was sent at `sentAt`. */
  slowDown(now: number, sentAt: number, askedMs?: number): void;
  /** The vendor took a request that was sent at `sentAt`. */
  taken(now: number, sentAt: number): void;
}

/** A pause without a named time: doubled each time until a request is taken. */
const FIRST_PAUSE_MS = 200;
const LONGEST_BACK_OFF_MS = 30_000;
/** After that a connection is tried again, whatever the vendor asked for. */
const LONGEST_PAUSE_MS = 3_600_000;
/** Several processes may share the vendor's limit, so their pauses do not end at the same instant. */
const JITTER_MS = 100;
/** Requests after a pause start this far apart at first, so that a limit that still holds refuses one of them, not all. */
const CAREFUL_GAP_MS = 50;
const CAREFUL_FADE = 0.7;
/** The gap that keeps within the vendor's limit. It shrinks with each request taken, since limits change. */
const LONGEST_GAP_MS = 250;
const GAP_FADE = 0.99;
const LEAST_GAP_MS = 1;
/** A connection that sent nothing for so long says nothing about the vendor's limit. */
const IDLE_MS = 2000;

export function createPace(random: () => number = Math.random): Pace {
  let pausedUntil = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let inARow = 0;
  let next = 0;
  let gap = 0;
  let carefulGap = 0;
  /** Since when requests were taken without a pause between them, and how many. */
  let since = 0;
  let count = 0;
  let isAfterPause = true;
  let lastTaken = 0;

  return {
    get pausedUntil() {
      return pausedUntil;
    },

    nextTurn: (now) => Math.max(now, pausedUntil, next),

    take(at) {
      next = at + Math.max(gap, carefulGap) * (0.75 + random() / 2);
    },

    slowDown(now, sentAt, askedMs) {
      // Requests that were under way when the pause began are refused too: they say nothing new.
      const isNew = sentAt >= pausedAt;
      if (isNew) inARow += 1;
      const isBackingOff = isNew && (askedMs === undefined || inARow > 1);
      const backOff = isBackingOff ? backOffMs(inARow) * (0.75 + random() / 2) : 0;
      const asked = askedMs === undefined ? 0 : Math.min(askedMs, LONGEST_PAUSE_MS) + random() * JITTER_MS;
      pausedUntil = Math.max(pausedUntil, now + Math.max(asked, backOff));
      next = pausedUntil;
      if (!isNew) return;
      pausedAt = now;
      isAfterPause = true;
      carefulGap = CAREFUL_GAP_MS;
      // What the vendor took until it refused, spread over that time and the pause.
      if (count > 0) gap = Math.min((pausedUntil - since) / count, LONGEST_GAP_MS);
    },

    taken(now, sentAt) {
      if (sentAt < pausedAt) return;
      inARow = 0;
      if (isAfterPause || now - lastTaken > IDLE_MS) {
        since = sentAt;
        count = 0;
        isAfterPause = false;
      }
      lastTaken = now;
      count += 1;
      gap = faded(gap, GAP_FADE);
      carefulGap = faded(carefulGap, CAREFUL_FADE);
    },
  };
}

function backOffMs(inARow: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (inARow - 1), LONGEST_BACK_OFF_MS);
}

function faded(gap: number, by: number): number {
  return gap * by < LEAST_GAP_MS ? 0 : gap * by;
}
