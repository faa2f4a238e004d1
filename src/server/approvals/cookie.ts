import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

export interface PageCookie {
  /** What the browser sent, if it has the form of a browser id or a signed session. */
  read(c: Context): string | undefined;
  write(c: Context, value: string): void;
  clear(c: Context): void;
}

/**
 * The cookie of one page. Over https its name has the prefix with which browsers guarantee that only this very host
 * set it. Cookies do not tell ports apart, so on loopback the port is in the name: two servers would otherwise sign
 * each other's approvers out.
 */
export function createPageCookie(home: string, { protocol, port }: URL): PageCookie {
  const secure = protocol === 'https:';
  const name = `${secure ? '__Host-' : ''}approvals${secure ? '' : `-${port}`}`;
  const options = { path: secure ? '/' : home, httpOnly: true, secure, sameSite: 'Strict' } as const;
  return {
    read(c) {
      const value = getCookie(c, name);
      return value !== undefined && /^(?:[\w-]{1,2000}\.)?[\w-]{43}$/.test(value) ? value : undefined;
    },
    write(c, value) {
      setCookie(c, name, value, options);
    },
    clear(c) {
      deleteCookie(c, name, options);
    },
  };
}
