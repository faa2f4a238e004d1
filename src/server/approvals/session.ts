import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A signed-in approver. Kept in the browser's cookie, signed, so that it is valid at every instance and after a restart. */
export interface ApproverSession {
  /** 256 random bits. CSRF tokens are bound to them, and signing out ends every copy of the cookie with them. */
  id: string;
  approver: string;
  /** Bound to the approver's verifier: removing the approver, or registering the name again, ends the session. */
  proof: string;
  /** When it was created, in milliseconds since the epoch. */
  since: number;
  /** When the cookie was last written, in milliseconds since the epoch. */
  seen: number;
}

export interface SessionLimits {
  idleMs: number;
  absoluteMs: number;
}

const DEFAULT_LIMITS: SessionLimits = { idleMs: 15 * 60_000, absoluteMs: 8 * 3_600_000 };

/** Sessions as the cookie carries them. Only the store records whether one was signed out, or its approver removed. */
export function createSessionCodec(
  key: Uint8Array,
  { idleMs, absoluteMs }: SessionLimits = DEFAULT_LIMITS,
  now: () => number = Date.now,
) {
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  const proofOf = (verifier: string) => sign(JSON.stringify(['verifier', verifier]));

  return {
    create({ name, verifier }: RegisteredApprover): ApproverSession {
      return { id: createBrowserId(), approver: name, proof: proofOf(verifier), since: now(), seen: now() };
    },
    /** Also restarts the idle time. */
    toCookie(session: ApproverSession): string {
      const text = Buffer.from(JSON.stringify({ ...session, seen: now() })).toString('base64url');
      return `${text}.${sign(text)}`;
    },
    /** A session that we signed, expired or not; undefined for anything else. */
    parseCookie(cookie: string): ApproverSession | undefined {
      const [text = '', signature = ''] = cookie.split('.');
      const [expected, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
      return JSON.parse(Buffer.from(text, 'base64url').toString()) as ApproverSession; // signed by us
    },
    isExpired: ({ seen, since }: ApproverSession) => now() - seen >= idleMs || now() - since >= absoluteMs,
    /** The absolute limit, in milliseconds since the epoch. */
    expiresAt: ({ since }: ApproverSession) => since + absoluteMs,
    isOf: ({ approver, proof }: ApproverSession, { name, verifier }: RegisteredApprover) =>
      approver === name && proof === proofOf(verifier),
  };
}

/** 256 random bits; browsers without a session have one too. */
export function createBrowserId(): string {
  return randomBytes(32).toString('base64url');
}

interface RegisteredApprover {
  name: string;
  verifier: string;
}
