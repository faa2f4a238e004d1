import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The two hidden fields of a form. */
export interface Stamp {
  /** Fits this visitor, this form and this `once`; nobody else can make it. */
  csrf: string;
  /** The form's number and the time until which it may come back. */
  once: string;
}

/** Uses a form's number up; false when it was used before. */
export type UseUp = (id: string, expiresAt: number) => Promise<boolean>;

const LIFE_MS = 60 * 60_000;

/**
 * Stamps forms so that each comes back at most once, in time, and from the visitor it was shown to. Every instance that
 * shares the key takes them; which numbers were used is kept by whoever `useUp` asks.
 */
export function createStamps(key: Uint8Array, useUp: UseUp, now: () => number = Date.now) {
  const sign = (visitor: string, action: string, once: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([visitor, action, once]))
      .digest('base64url');

  return {
    make(visitor: string, action: string): Stamp {
      const once = `${randomBytes(16).toString('base64url')}.${now() + LIFE_MS}`;
      return { once, csrf: sign(visitor, action, once) };
    },
    /** Uses the stamp up. `forged` covers everything that was not made for this visitor and this form. */
    async use(visitor: string, action: string, { csrf, once }: Stamp): Promise<'ok' | 'forged' | 'over'> {
      const wanted = Buffer.from(sign(visitor, action, once));
      const given = Buffer.from(csrf);
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return 'forged';
      const [number = '', until] = once.split('.');
      const expiresAt = Number(until); // signed by us, so a number
      return expiresAt > now() && (await useUp(number, expiresAt)) ? 'ok' : 'over';
    },
  };
}
