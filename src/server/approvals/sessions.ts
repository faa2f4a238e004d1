import { createHash } from 'node:crypto';

/** Who is signed in. Lives in memory only: a restart signs everybody out. */
export interface Session {
  approver: string;
  /** The verifier the passphrase fitted: a removed or newly registered approver is signed out. */
  verifier: string;
}

export interface SessionLimits {
  idleMs: number;
  absoluteMs: number;
}

const SESSION_LIMITS: SessionLimits = { idleMs: 15 * 60_000, absoluteMs: 8 * 3_600_000 };

const MAX_SESSIONS = 1000;

/** Sessions by their id, which is known to the browser only: what is kept here is its hash. */
export function createSessions({ idleMs, absoluteMs }: SessionLimits = SESSION_LIMITS, now: () => number = Date.now) {
  const sessions = new Map<string, Session & { since: number; seen: number }>();
  const isOver = ({ since, seen }: { since: number; seen: number }) =>
    now() - seen >= idleMs || now() - since >= absoluteMs;

  return {
    begin(id: string, { name, verifier }: { name: string; verifier: string }): void {
      for (const [key, session] of sessions) {
        if (isOver(session) || sessions.size >= MAX_SESSIONS) sessions.delete(key);
      }
      sessions.set(hash(id), { approver: name, verifier, since: now(), seen: now() });
    },
    /** The session, if it is not over; being looked at keeps it from idling out. */
    find(id: string): Session | undefined {
      const key = hash(id);
      const session = sessions.get(key);
      if (!session) return undefined;
      if (isOver(session)) {
        sessions.delete(key);
        return undefined;
      }
      session.seen = now();
      return session;
    },
    end(id: string): void {
      sessions.delete(hash(id));
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;

function hash(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
