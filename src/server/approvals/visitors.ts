import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Session } from './sessions.ts';

/** Whoever holds the cookie; signed in or not. */
export interface Visitor {
  /** 256 random bits, known to the browser only. */
  id: string;
  session?: Session;
}

export interface CookieJar {
  /** The id the browser sent, if it can be one of ours. */
  read(c: Context): string | undefined;
  /** Hands the browser a new id. */
  renew(c: Context): string;
  clear(c: Context): void;
}

/**
 * The cookie of one page. Over https its name has the prefix with which browsers guarantee that only this very host
 * set it. Cookies do not tell ports apart, so on loopback the port is in the name: two servers would otherwise sign
 * each other's visitors out.
 */
export function cookieJar(home: string, secure: boolean, port: string): CookieJar {
  const name = `${secure ? '__Host-' : ''}approvals${secure ? '' : `-${port}`}`;
  const options = { path: secure ? '/' : home, httpOnly: true, secure, sameSite: 'Strict' } as const;
  return {
    read(c) {
      const id = getCookie(c, name);
      return id !== undefined && /^[\w-]{43}$/.test(id) ? id : undefined;
    },
    renew(c) {
      const id = randomBytes(32).toString('base64url');
      setCookie(c, name, id, options);
      return id;
    },
    clear(c) {
      deleteCookie(c, name, options);
    },
  };
}
