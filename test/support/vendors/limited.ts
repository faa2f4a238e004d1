import { createPace } from '../../../src/upstream/pace/pace.ts';

/** A vendor that takes so many requests in a period, and the time that it names with a refusal, if any. */
export interface Limit {
  requests: number;
  perMs: number;
  askedMs?: number;
}

interface Load {
  total: number;
  workers: number;
  latencyMs: number;
  limit: Limit | undefined;
}

/** Workers that send at the pace of one connection, in a time of their own: how often they were refused, how long it took. */
export function simulate({ total, workers, latencyMs, limit }: Load): { refused: number; ms: number } {
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const pace = createPace(random);
  const due: { at: number; run(): void }[] = [];
  let [now, left, refused, period, taken] = [0, total, 0, 0, 0];
  const after = (ms: number, run: () => void) => void due.push({ at: now + ms, run });

  const isTaken = (): boolean => {
    if (!limit) return true;
    const current = Math.floor(now / limit.perMs);
    if (current !== period) [period, taken] = [current, 0];
    taken += 1;
    return taken <= limit.requests;
  };
  const send = (): void => {
    const at = pace.nextTurn(now);
    pace.take(at);
    if (at === now) exchange();
    else after(at - now, () => (pace.pausedUntil > now ? send() : exchange()));
  };
  const exchange = (): void => {
    const sentAt = now;
    after(latencyMs / 2, () => {
      const ok = isTaken();
      after(latencyMs / 2, () => (ok ? pace.taken(now, sentAt) : refuse(sentAt)));
      after(latencyMs / 2, ok ? next : send);
    });
  };
  const refuse = (sentAt: number): void => {
    refused += 1;
    pace.slowDown(now, sentAt, limit?.askedMs);
  };
  const next = (): void => {
    if (left === 0) return;
    left -= 1;
    send();
  };

  for (let nth = 0; nth < workers; nth++) next();
  for (;;) {
    // The first of those that are due first.
    const first = due.reduce((best, { at }, index) => (at < (due[best]?.at ?? 0) ? index : best), 0);
    const [event] = due.splice(first, 1);
    if (!event) return { refused, ms: now };
    now = event.at;
    event.run();
  }
}
