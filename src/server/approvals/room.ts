import type { Context } from 'hono';
import { type Desk, deskOf } from '../../approvals/desk.ts';
import type { Log } from '../../log.ts';
import type { Parts } from '../../parts.ts';
import { type Frame, layout, type Page } from './layout.ts';
import { messagePage, type Refusal } from './message-page.ts';
import { createSessions, type Session, type SessionLimits } from './sessions.ts';
import { createStamps, type Stamp } from './stamps.ts';
import type { CookieJar } from './visitors.ts';

/** What the door found out about a request. */
export interface Env {
  Variables: {
    nonce: string;
    jar: CookieJar;
    /** What the browser's cookie says; empty where it has none yet. */
    visitor: string;
    session: Session | undefined;
  };
}

export type Status = 200 | 401 | 422 | 429 | Refusal;

/** What the routes of the page share: the desk behind it, who is signed in, and how an answer is put together. */
export function createRoom(parts: Parts, home: string, limits?: SessionLimits) {
  const sessions = createSessions(limits);
  const stamps = createStamps();
  const log: Log = parts.log;
  let opened: Promise<Desk> | undefined;

  /** Opened with the first request; a failure is not remembered. */
  function desk(): Promise<Desk> {
    opened ??= deskOf(parts).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  /** A page as the answer. Whoever has no cookie yet gets one, since forms are stamped for it. */
  async function show(c: Context<Env>, page: (frame: Frame) => Page, status: Status = 200): Promise<Response> {
    if (c.get('visitor') === '') c.set('visitor', c.get('jar').renew(c));
    const session = c.get('session');
    const frame: Frame = {
      home,
      nonce: c.get('nonce'),
      stamp: (action) => stamps.make(c.get('visitor'), action),
      ...(session && { approver: session.approver }),
    };
    return await c.html(layout(frame, page(frame)), status);
  }

  return {
    home,
    log,
    sessions,
    desk,
    show,

    /** The session of a visitor, as long as the approver is registered and the passphrase is still the one given. */
    async sessionOf(visitor: string): Promise<Session | undefined> {
      const session = sessions.find(visitor);
      if (!session) return undefined;
      const approver = await (await desk()).approver(session.approver);
      if (approver?.verifier === session.verifier) return session;
      sessions.end(visitor);
      return undefined;
    },

    /** What a form says, and whether it is one of ours; its stamp is used up. */
    async receive(c: Context<Env>): Promise<{ fields: URLSearchParams; stamp: 'ok' | 'forged' | 'over' }> {
      const fields = new URLSearchParams(await c.req.text());
      const stamp: Stamp = { csrf: fields.get('csrf') ?? '', once: fields.get('once') ?? '' };
      return { fields, stamp: stamps.use(c.get('visitor'), c.req.path.slice(home.length), stamp) };
    },

    refuse: async (c: Context<Env>, status: Refusal, to?: string): Promise<Response> =>
      await show(c, (frame) => messagePage(frame, status, to), status),

    signInFirst(c: Context<Env>, id?: string): Response {
      const query = new URLSearchParams({
        ...(isId(id) && { to: id }),
        ...(c.req.method === 'POST' && { ended: '1' }),
      });
      return c.redirect(`${home}/sign-in${query.size > 0 ? `?${query}` : ''}`, 303);
    },
  };
}

export type Room = ReturnType<typeof createRoom>;

export function isId(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[0-9a-f-]{36}$/.test(text);
}
