import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Who is signed in. Travels in the browser's cookie, signed, so that every instance that shares the key knows it, and
 * the next start does too.
 */
export interface Session {
  /** 256 random bits: what forms are stamped for, and what signing out ends, whoever holds a copy of the cookie. */
  id: string;
  approver: string;
  /** Stands for the verifier the passphrase fitted: a removed or newly registered approver is signed out. */
  proof: string;
  /** Milliseconds since the epoch, like `seen`. */
  since: number;
  seen: number;
}

export interface SessionLimits {
  idleMs: number;
  absoluteMs: number;
}

const SESSION_LIMITS: SessionLimits = { idleMs: 15 * 60_000, absoluteMs: 8 * 3_600_000 };

/** Sessions as the cookie carries them. That one was signed out, or its approver removed, is for the store to say. */
export function createSessions(
  key: Uint8Array,
  { idleMs, absoluteMs }: SessionLimits = SESSION_LIMITS,
  now: () => number = Date.now,
) {
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  const proofOf = (verifier: string) => sign(JSON.stringify(['verifier', verifier]));

  return {
    begin({ name, verifier }: Approver): Session {
      return { id: newVisitorId(), approver: name, proof: proofOf(verifier), since: now(), seen: now() };
    },
    /** The cookie's text as of now: being written keeps a session from idling out. */
    write(session: Session): string {
      const text = Buffer.from(JSON.stringify({ ...session, seen: now() })).toString('base64url');
      return `${text}.${sign(text)}`;
    },
    /** What was signed by us, be it over or not; else undefined. */
    read(cookie: string): Session | undefined {
      const [text = '', signature = ''] = cookie.split('.');
      const [wanted, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return undefined;
      return JSON.parse(Buffer.from(text, 'base64url').toString()) as Session; // signed by us
    },
    isOver: ({ seen, since }: Session) => now() - seen >= idleMs || now() - since >= absoluteMs,
    /** When it is over in any case. */
    endOf: ({ since }: Session) => since + absoluteMs,
    isOf: ({ approver, proof }: Session, { name, verifier }: Approver) =>
      approver === name && proof === proofOf(verifier),
  };
}

export type Sessions = ReturnType<typeof createSessions>;

/** 256 random bits, as a browser without a session holds them too. */
export function newVisitorId(): string {
  return randomBytes(32).toString('base64url');
}

interface Approver {
  name: string;
  verifier: string;
}
