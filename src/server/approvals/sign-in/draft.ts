import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { MAX_REASON } from '../../../approvals/approval.ts';
import type { Seal } from '../../../store/seal.ts';

/** What an approver had typed when a fresh sign-in was needed. Never a secret, nor what has to be typed to confirm. */
interface Draft {
  id: string;
  approver: string;
  reason: string;
}

const PURPOSE = 'approval-draft';
const MAX_AGE_SECONDS = 600;

/** Keeps a reason over a sign-in, sealed, for that approver and that request. */
export function createDraftCookie(seal: Pick<Seal, 'seal' | 'unseal'>, home: string) {
  const named = ({ protocol, port }: URL) => {
    const secure = protocol === 'https:';
    const name = `${secure ? '__Host-' : ''}approvals-draft${secure ? '' : `-${port}`}`;
    return { name, options: { path: secure ? '/' : home, httpOnly: true, secure, sameSite: 'Strict' } as const };
  };

  return {
    keep(c: Context, origin: URL, draft: Draft): void {
      if (draft.reason === '' || draft.reason.length > MAX_REASON) return;
      const { name, options } = named(origin);
      const value = Buffer.from(seal.seal(PURPOSE, draft)).toString('base64url');
      setCookie(c, name, value, { ...options, maxAge: MAX_AGE_SECONDS });
    },
    /** The reason, once. */
    take(c: Context, origin: URL, { id, approver }: Omit<Draft, 'reason'>): string | undefined {
      const { name, options } = named(origin);
      const value = getCookie(c, name);
      if (value === undefined || !/^[\w-]{1,4096}$/.test(value)) return undefined;
      try {
        const draft = seal.unseal(PURPOSE, Buffer.from(value, 'base64url')) as Draft; // sealed by us
        if (draft.id !== id || draft.approver !== approver) return undefined;
        deleteCookie(c, name, options);
        return draft.reason;
      } catch {
        return undefined;
      }
    },
  };
}
