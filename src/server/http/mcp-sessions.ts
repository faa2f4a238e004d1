import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';

/** One 2025-era client: the server made for it, and who opened it. */
export interface Session {
  id: string;
  owner: string;
  transport: WebStandardStreamableHTTPServerTransport;
  server: Server;
  /** When its last request came; milliseconds since the epoch. */
  seen: number;
}

/** Sessions of 2025-era clients, in this process's memory: several instances need a balancer that is sticky by session. */
export interface Sessions {
  /** The session, if it is this caller's. Somebody else's is as good as none: its existence is not told. */
  find(id: string, owner: string): Session | undefined;
  /** A new one, in place of the oldest idle one where there is no room; undefined when all are busy. */
  open(owner: string): Promise<Session | undefined>;
  /** Drops a session whose handshake did not come about. */
  drop(session: Session): Promise<void>;
  count(): number;
  close(): Promise<void>;
}

export interface SessionOptions {
  max: number;
  idleMs: number;
  isBusy(sessionId: string): boolean;
  makeServer(): Server;
}

export function createSessions({ max, idleMs, isBusy, makeServer }: SessionOptions): Sessions {
  const sessions = new Map<string, Session>();

  const end = async (session: Session) => {
    sessions.delete(session.id);
    await session.server.close().catch(() => {});
  };
  const idle = () => [...sessions.values()].filter(({ id }) => !isBusy(id)).sort((a, b) => a.seen - b.seen);
  const sweeper = setInterval(
    () => {
      for (const session of idle()) if (Date.now() - session.seen > idleMs) void end(session);
    },
    Math.min(idleMs / 2, 60_000),
  ).unref();

  return {
    find(id, owner) {
      const session = sessions.get(id);
      if (session?.owner !== owner) return undefined;
      session.seen = Date.now();
      return session;
    },

    async open(owner) {
      if (sessions.size >= max) {
        const candidates = idle();
        // A caller's own first: one that opens session after session must not cost the others theirs.
        const oldest = candidates.find((session) => session.owner === owner) ?? candidates[0];
        if (!oldest) return undefined;
        void end(oldest); // out of the map at once, so that those who come meanwhile count right
      }
      const id = crypto.randomUUID();
      const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id });
      const server = makeServer();
      const session: Session = { id, owner, transport, server, seen: Date.now() };
      sessions.set(id, session);
      server.onclose = () => sessions.delete(id);
      await server.connect(transport);
      return session;
    },

    drop: end,
    count: () => sessions.size,
    async close() {
      clearInterval(sweeper);
      await Promise.all([...sessions.values()].map(end));
    },
  };
}
