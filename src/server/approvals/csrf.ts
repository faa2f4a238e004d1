import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The two hidden fields of a form. */
export interface CsrfFields {
  /** The CSRF token: an HMAC over browser, form and nonce. */
  csrf: string;
  /** A random number and the time until which the form is valid. */
  nonce: string;
}

/** `forged`: not made for this browser and this form. `stale`: expired, or sent before. */
export type CsrfResult = 'valid' | 'forged' | 'stale';

/** Consumes a nonce; false when it was consumed before. */
export type ConsumeNonce = (id: string, expiresAt: number) => Promise<boolean>;

const LIFETIME_MS = 60 * 60_000;

/**
 * CSRF tokens that are valid once, for a limited time, and from the browser they were made for. Every instance with the
 * same key accepts them; `consumeNonce` has to be shared too.
 */
export function createCsrf(key: Uint8Array, consumeNonce: ConsumeNonce, now: () => number = Date.now) {
  const sign = (browserId: string, action: string, nonce: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([browserId, action, nonce]))
      .digest('base64url');

  return {
    create(browserId: string, action: string): CsrfFields {
      const nonce = `${randomBytes(16).toString('base64url')}.${now() + LIFETIME_MS}`;
      return { nonce, csrf: sign(browserId, action, nonce) };
    },
    async consume(browserId: string, action: string, { csrf, nonce }: CsrfFields): Promise<CsrfResult> {
      const expected = Buffer.from(sign(browserId, action, nonce));
      const given = Buffer.from(csrf);
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 'forged';
      const [number = '', until] = nonce.split('.');
      const expiresAt = Number(until); // signed by us, so a number
      return expiresAt > now() && (await consumeNonce(number, expiresAt)) ? 'valid' : 'stale';
    },
  };
}
