import type { ApprovalService } from '../../approvals/service.ts';
import type { Seal } from '../../store/seal.ts';
import { createStamps } from './csrf.ts';
import { createSessions, type Session, type SessionLimits } from './session.ts';

/** Whose browser sent a request. */
export interface Browser {
  /** What forms are stamped for; empty where the browser has no cookie of ours yet. */
  id: string;
  /** There only while it counts. */
  session?: Session;
}

/**
 * Knows visitors again, at whichever instance they were before: what a browser holds is signed with the shared key, and
 * what must not come twice, or not any more, stands in the shared store.
 */
export function createRecognition(seal: Pick<Seal, 'subkey'>, service: ApprovalService, limits?: SessionLimits) {
  const sessions = createSessions(seal.subkey('approval-session'), limits);
  const stamps = createStamps(seal.subkey('approval-form'), (id, expiresAt) => service.useUp(`form/${id}`, expiresAt));

  async function counts(session: Session): Promise<boolean> {
    if (sessions.isOver(session) || (await service.isUsedUp(`session/${session.id}`))) return false;
    const approver = await service.approver(session.approver);
    return approver !== undefined && sessions.isOf(session, approver);
  }

  return {
    stamps,
    begin: sessions.begin,
    cookieOf: sessions.write,

    async visitor(cookie: string | undefined): Promise<Browser> {
      if (cookie === undefined) return { id: '' };
      // Without a signature it is the id of somebody who has not signed in.
      if (!cookie.includes('.')) return { id: cookie };
      const session = sessions.read(cookie);
      if (!session) return { id: '' };
      // Of a session that is over the id still counts: its forms are answered with the way to sign in again.
      return { id: session.id, ...((await counts(session)) && { session }) };
    },

    /** Ends a session for every copy of its cookie, at every instance. */
    async end(session: Session): Promise<void> {
      await service.useUp(`session/${session.id}`, sessions.endOf(session));
    },
  };
}
