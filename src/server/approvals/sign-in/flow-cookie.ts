import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { OidcFlow } from '../../../approvals/oidc/client.ts';
import type { Seal } from '../../../store/seal.ts';
import type { Env } from '../context.ts';
import type { ApproverSession } from '../session.ts';

/** A sign-in that went to the issuer, as the browser keeps it until it comes back. */
export interface PendingSignIn extends OidcFlow {
  /** The page to open afterwards, below `home`. */
  to?: string;
  /** A fresh sign-in was asked for. */
  isFresh: boolean;
  /** The session that the new one replaces. */
  replaces?: ApproverSession;
  /** In milliseconds since the epoch. */
  expiresAt: number;
}

const PURPOSE = 'oidc-sign-in';

/**
 * A cookie of its own, because the issuer sends the browser back from another site: then browsers withhold the strict
 * cookie of the session. Sealed, so that only this server made it. It holds one sign-in: a newer one replaces it.
 */
export function createFlowCookie(seal: Pick<Seal, 'seal' | 'unseal'>, home: string) {
  const named = (c: Context<Env>) => {
    const { protocol, port } = c.get('origin');
    const secure = protocol === 'https:';
    const name = `${secure ? '__Host-' : ''}approvals-sign-in${secure ? '' : `-${port}`}`;
    const options = { path: secure ? '/' : home, httpOnly: true, secure, sameSite: 'Lax' } as const;
    return { name, options };
  };

  return {
    write(c: Context<Env>, pending: PendingSignIn): void {
      const { name, options } = named(c);
      const value = Buffer.from(seal.seal(PURPOSE, pending)).toString('base64url');
      setCookie(c, name, value, { ...options, expires: new Date(pending.expiresAt) });
    },
    /** Undefined if there is none, or none that this server made. */
    read(c: Context<Env>): PendingSignIn | undefined {
      const value = getCookie(c, named(c).name);
      if (value === undefined || !/^[\w-]{1,4096}$/.test(value)) return undefined;
      try {
        return seal.unseal(PURPOSE, Buffer.from(value, 'base64url')) as PendingSignIn; // sealed by us
      } catch {
        return undefined;
      }
    },
    clear(c: Context<Env>): void {
      const { name, options } = named(c);
      deleteCookie(c, name, options);
    },
  };
}
