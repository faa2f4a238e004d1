import type { Context } from 'hono';
import type { App } from '../../app.ts';
import { createApprovalService } from '../../approvals/service.ts';
import { lazy } from '../../lib/async/lazy.ts';
import type { Log } from '../../lib/log.ts';
import type { CookieJar } from './cookie.ts';
import type { Stamp } from './csrf.ts';
import { type Fields, readFields } from './form-fields.ts';
import { createRecognition } from './identify.ts';
import { type Frame, layout, type Page } from './pages/layout.ts';
import { messagePage, type Refusal } from './pages/message.ts';
import { newVisitorId, type Session, type SessionLimits } from './session.ts';

/** What the door found out about a request. */
export interface Env {
  /** What the app was fetched with: who is at the other end of the connection. */
  Bindings: { address?: string };
  Variables: {
    query: Fields;
    nonce: string;
    jar: CookieJar;
    /** What forms are stamped for; empty where the browser has no cookie yet. Undefined until somebody has looked. */
    visitor: string | undefined;
    session: Session | undefined;
  };
}

export type Status = 200 | 401 | 422 | 429 | Refusal;

/** What the routes of the page share: the desk behind it, who is signed in, and how an answer is put together. */
export function createSite(app: App, home: string, limits?: SessionLimits) {
  const log: Log = app.log;
  const open = lazy(async () => {
    const service = await createApprovalService(app);
    return { service, recognition: createRecognition(await app.seal(), service, limits) };
  });

  /** A page as the answer. Whoever has no cookie yet gets one, since forms are stamped for it. */
  async function show(c: Context<Env>, page: (frame: Frame) => Page, status: Status = 200): Promise<Response> {
    const { stamps } = (await open()).recognition;
    const visitor = c.get('visitor') || newVisitorId();
    if (visitor !== c.get('visitor')) {
      c.set('visitor', visitor);
      c.get('jar').write(c, visitor);
    }
    const session = c.get('session');
    const frame: Frame = {
      home,
      nonce: c.get('nonce'),
      stamp: (action) => stamps.make(visitor, action),
      ...(session && { approver: session.approver }),
    };
    return await c.html(layout(frame, page(frame)), status);
  }

  return {
    home,
    log,
    show,
    service: async () => (await open()).service,
    recognition: async () => (await open()).recognition,

    /** What a posted form says; undefined where it cannot be read as one. */
    fields: async (c: Context<Env>) => readFields(new Uint8Array(await c.req.arrayBuffer())),

    /** Whether a form is one of ours, sent for the first time; its stamp is used up. */
    async stampOf(c: Context<Env>, fields: Fields): Promise<'ok' | 'forged' | 'over'> {
      const stamp: Stamp = { csrf: fields.get('csrf') ?? '', once: fields.get('once') ?? '' };
      const { stamps } = (await open()).recognition;
      return await stamps.use(c.get('visitor') ?? '', c.req.path.slice(home.length), stamp);
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

export type Site = ReturnType<typeof createSite>;

export function isId(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[0-9a-f-]{36}$/.test(text);
}
