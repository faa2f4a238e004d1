/**
 * Something that is valid once, such as a confirmation token, with the time (ms since the epoch) until which its use
 * has to be remembered.
 */
export interface Nonce {
  id: string;
  expiresAt: number;
}

/**
 * How long a consumed nonce is remembered after its time, in ms: an instance whose clock is behind may still accept it.
 */
export const consumedKeptMs = 60 * 60_000;
