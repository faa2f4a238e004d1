import type { ApprovalService } from '../../approvals/service.ts';
import type { Seal } from '../../store/seal.ts';
import { createCsrf } from './csrf.ts';
import { type ApproverSession, createSessionCodec, type SessionLimits } from './session.ts';

/** The browser a request came from. */
export interface IdentifiedBrowser {
  /** What CSRF tokens are bound to; empty if the browser has no valid cookie. */
  id: string;
  /** Only while it is valid. */
  session?: ApproverSession;
}

/**
 * Sessions and CSRF tokens, valid at every instance: what a browser holds is signed with the shared key, and what was
 * consumed or ended is kept in the shared store.
 */
export function createSessionManager(
  seal: Pick<Seal, 'subkey'>,
  service: ApprovalService,
  { limits, now }: { limits?: SessionLimits | undefined; now?: (() => number) | undefined } = {},
) {
  const codec = createSessionCodec(seal.subkey('approval-session'), limits, now);
  const consume = (id: string, expiresAt: number) => service.consume(`form/${id}`, expiresAt);
  const csrf = createCsrf(seal.subkey('approval-form'), consume, now);

  async function isValid(session: ApproverSession): Promise<boolean> {
    if (codec.isExpired(session) || (await service.isConsumed(`session/${session.id}`))) return false;
    const approver = await service.approver(session.approver);
    return approver !== undefined && codec.isOf(session, approver);
  }

  return {
    csrf,
    create: codec.create,
    isFresh: codec.isFresh,
    toCookie: codec.toCookie,

    async identify(cookie: string | undefined): Promise<IdentifiedBrowser> {
      if (cookie === undefined) return { id: '' };
      // Without a signature it is the id of a browser that has not signed in.
      if (!cookie.includes('.')) return { id: cookie };
      const session = codec.parseCookie(cookie);
      if (!session) return { id: '' };
      // The id outlives the session, so that forms of an ended session lead to the sign-in.
      return { id: session.id, ...((await isValid(session)) && { session }) };
    },

    /** Ends a session for every copy of its cookie, at every instance. */
    async end(session: ApproverSession): Promise<void> {
      await service.consume(`session/${session.id}`, codec.expiresAt(session));
    },
  };
}
