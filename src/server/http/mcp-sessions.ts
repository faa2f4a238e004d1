import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';

/** One client of the 2025 era: the server made for it, and the caller that opened it. */
export interface McpSession {
  id: string;
  principal: string;
  transport: WebStandardStreamableHTTPServerTransport;
  server: Server;
  /** When its last request came. Milliseconds since the epoch. */
  lastSeen: number;
}

/** Sessions of 2025-era clients, in the memory of this process: several instances need a balancer with sticky sessions. */
export interface McpSessions {
  /** The session, if it belongs to this caller. A session of another caller is treated like one that does not exist. */
  find(id: string, principal: string): McpSession | undefined;
  /** Opens a session, in place of the oldest idle one at the limit. Undefined when all are busy. */
  open(principal: string): Promise<McpSession | undefined>;
  /** Closes one session, such as one whose handshake failed. */
  close(session: McpSession): Promise<void>;
  count(): number;
  closeAll(): Promise<void>;
}

export interface McpSessionOptions {
  max: number;
  idleMs: number;
  isBusy(sessionId: string): boolean;
  createServer(): Server;
}

export function createMcpSessions({ max, idleMs, isBusy, createServer }: McpSessionOptions): McpSessions {
  const sessions = new Map<string, McpSession>();

  const close = async (session: McpSession) => {
    sessions.delete(session.id);
    await session.server.close().catch(() => {});
  };
  const idle = () =>
    [...sessions.values()].filter(({ id }) => !isBusy(id)).sort((one, other) => one.lastSeen - other.lastSeen);
  const expiry = setInterval(
    () => {
      for (const session of idle()) if (Date.now() - session.lastSeen > idleMs) void close(session);
    },
    Math.min(idleMs / 2, 60_000),
  ).unref();

  return {
    find(id, principal) {
      const session = sessions.get(id);
      if (session?.principal !== principal) return undefined;
      session.lastSeen = Date.now();
      return session;
    },

    async open(principal) {
      if (sessions.size >= max) {
        const candidates = idle();
        // The caller's own first, so that a caller that opens session after session does not push out others.
        const oldest = candidates.find((session) => session.principal === principal) ?? candidates[0];
        if (!oldest) return undefined;
        void close(oldest); // removes it at once, so that the count is right for concurrent calls
      }
      const id = crypto.randomUUID();
      const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id });
      const server = createServer();
      const session: McpSession = { id, principal, transport, server, lastSeen: Date.now() };
      sessions.set(id, session);
      server.onclose = () => sessions.delete(id);
      await server.connect(transport);
      return session;
    },

    close,
    count: () => sessions.size,
    async closeAll() {
      clearInterval(expiry);
      await Promise.all([...sessions.values()].map(close));
    },
  };
}
