import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isOidc } from '../../approvals/oidc/account.ts';

/** A signed-in approver. Kept in the browser's cookie, signed, so that it is valid at every instance and after a restart. */
export interface ApproverSession {
  /** 256 random bits. CSRF tokens are bound to them, and signing out ends every copy of the cookie with them. */
  id: string;
  approver: string;
  /** Bound to the approver's verifier: removing the approver, or registering the name again, ends the session. */
  proof: string;
  /** When it was created, in milliseconds since the epoch. */
  since: number;
  /** When the approver last proved who they are, in milliseconds since the epoch: an issuer may have asked before. */
  provenAt: number;
  /** Whether an issuer vouched for the approver, who has no passphrase here. */
  isOidc: boolean;
}

export interface SessionLimits {
  /** How long a session lasts, in ms. */
  lastsMs: number;
  /** How recent a sign-in has to be for a decision on anything but ordinary changes, in ms. */
  freshMs: number;
}

const DEFAULT_LIMITS: SessionLimits = { lastsMs: 60 * 60_000, freshMs: 15 * 60_000 };

/** Sessions as the cookie carries them. Only the store records whether one was signed out, or its approver removed. */
export function createSessionCodec(
  key: Uint8Array,
  { lastsMs, freshMs }: SessionLimits = DEFAULT_LIMITS,
  now: () => number = Date.now,
) {
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  const proofOf = (verifier: string) => sign(JSON.stringify(['verifier', verifier]));

  return {
    create({ name, verifier }: RegisteredApprover, provenAt = now()): ApproverSession {
      const proof = proofOf(verifier);
      return { id: createBrowserId(), approver: name, proof, since: now(), provenAt, isOidc: isOidc(verifier) };
    },
    toCookie(session: ApproverSession): string {
      const text = Buffer.from(JSON.stringify(session)).toString('base64url');
      return `${text}.${sign(text)}`;
    },
    /** A session that we signed, expired or not; undefined for anything else. */
    parseCookie(cookie: string): ApproverSession | undefined {
      const [text = '', signature = ''] = cookie.split('.');
      const [expected, given] = [Buffer.from(sign(text)), Buffer.from(signature)];
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
      return JSON.parse(Buffer.from(text, 'base64url').toString()) as ApproverSession; // signed by us
    },
    isExpired: ({ since }: ApproverSession) => now() - since >= lastsMs,
    /** False for a session of an earlier version, which does not say when. */
    isFresh: ({ provenAt }: ApproverSession) => now() - provenAt < freshMs,
    /** In milliseconds since the epoch. */
    expiresAt: ({ since }: ApproverSession) => since + lastsMs,
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
