import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The two hidden fields of a form. */
export interface Stamp {
  /** Fits this visitor, this form and this `once`; nobody else can make it. */
  csrf: string;
  /** The form's number and the time until which it may come back. */
  once: string;
}

const LIFE_MS = 60 * 60_000;
const MAX_USED = 50_000;

/** Stamps forms so that each comes back at most once, in time, and from the visitor it was shown to. */
export function createStamps(now: () => number = Date.now) {
  const key = randomBytes(32);
  const used = new Map<string, number>();
  const sign = (visitor: string, action: string, once: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([visitor, action, once]))
      .digest('base64url');

  return {
    make(visitor: string, action: string): Stamp {
      const once = `${randomBytes(16).toString('base64url')}.${now() + LIFE_MS}`;
      return { once, csrf: sign(visitor, action, once) };
    },
    /** Uses the stamp up. `forged` covers everything we did not make for this visitor and this form. */
    use(visitor: string, action: string, { csrf, once }: Stamp): 'ok' | 'forged' | 'over' {
      const wanted = Buffer.from(sign(visitor, action, once));
      const given = Buffer.from(csrf);
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return 'forged';
      const until = Number(once.split('.')[1]); // signed by us, so a number
      for (const [old, end] of used) if (end <= now()) used.delete(old);
      // When full, refusing is the safe side: forgetting would let a form come back.
      if (until <= now() || used.has(once) || used.size >= MAX_USED) return 'over';
      used.set(once, until);
      return 'ok';
    },
  };
}

export type Stamps = ReturnType<typeof createStamps>;
