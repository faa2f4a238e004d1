import type { Context } from 'hono';
import type { SecureHeadersVariables } from 'hono/secure-headers';
import type { App } from '../../app.ts';
import type { Approval } from '../../approvals/approval.ts';
import { createApprovalService } from '../../approvals/service.ts';
import { peopleIn, rightsNeeded } from '../../approvals/snapshot.ts';
import type { Review } from '../../approvals/status/status.ts';
import { lazy } from '../../lib/async/lazy.ts';
import type { Log } from '../../lib/log.ts';
import type { ApprovalRow } from '../../store/approvals.ts';
import type { PageCookie } from './cookie.ts';
import { lacksStrictCookie } from './cross-site.ts';
import type { CsrfResult } from './csrf.ts';
import { type FormFields, parseForm } from './form-fields.ts';
import { type ErrorStatus, errorPage } from './pages/error.ts';
import { type HtmlPage, layout, type PageFrame } from './pages/layout.ts';
import { type ApproverSession, createBrowserId, type SessionLimits } from './session.ts';
import { createSessionManager } from './session-manager.ts';
import { createDraftCookie } from './sign-in/draft.ts';

/** Facts about a request that the middleware finds out. */
export interface Env {
  /** Bindings the app was fetched with: the address at the other end of the connection. */
  Bindings: { address?: string };
  Variables: SecureHeadersVariables & {
    /** Where people reach the page. */
    origin: URL;
    query: FormFields;
    cookie: PageCookie;
    /** What CSRF tokens are bound to; empty if the browser has no cookie yet, undefined before it is identified. */
    browserId: string | undefined;
    session: ApproverSession | undefined;
  };
}

type PageStatus = 200 | 401 | 422 | 429 | ErrorStatus;

/** Shared by the routes: the approval service, sessions, and how a response is rendered. */
export function createPageContext(
  app: App,
  home: string,
  { limits, now = Date.now }: { limits?: SessionLimits | undefined; now?: (() => number) | undefined } = {},
) {
  const log: Log = app.log;
  const titles = new Map(app.settings.providers.map(({ id, title }) => [id, title]));
  const open = lazy(async () => {
    const service = await createApprovalService(app);
    const seal = await app.seal();
    const sessions = createSessionManager(seal, service, { limits, now });
    return { service, sessions, drafts: createDraftCookie(seal, home) };
  });

  async function needsFreshSignIn(session: ApproverSession, { snapshot }: Approval): Promise<boolean> {
    const needed = rightsNeeded(peopleIn(snapshot)).flatMap(({ effects }) => effects);
    const isOrdinary = needed.every((effect) => effect === 'ordinary');
    return !isOrdinary && !(await open()).sessions.isFresh(session);
  }

  /** A browser without a cookie gets one, because CSRF tokens are bound to it. */
  async function render(
    c: Context<Env>,
    page: (frame: PageFrame) => HtmlPage,
    status: PageStatus = 200,
  ): Promise<Response> {
    const { csrf } = (await open()).sessions;
    const mayHaveAnother = lacksStrictCookie(c, c.get('browserId'));
    const browserId = c.get('browserId') || createBrowserId();
    if (browserId !== c.get('browserId')) {
      c.set('browserId', browserId);
      if (!mayHaveAnother) c.get('cookie').write(c, browserId);
    }
    const session = c.get('session');
    const frame: PageFrame = {
      home,
      host: c.get('origin').host,
      titles,
      cspNonce: c.get('secureHeadersNonce') ?? '',
      csrfFields: (action) => csrf.create(browserId, action),
      ...(session && { approver: session.approver, hasPassphrase: !session.isOidc }),
    };
    return await c.html(layout(frame, page(frame)), status);
  }

  return {
    home,
    now,
    log,
    render,
    service: async () => (await open()).service,
    sessions: async () => (await open()).sessions,
    /** What was typed before a fresh sign-in. */
    drafts: async () => (await open()).drafts,

    /** Carries out an undo that was just approved, if it is one. Returns the request to show: a newer one if it was asked again. */
    async runUndo(row: ApprovalRow): Promise<string> {
      const { runApprovedUndo } = await import('../../approvals/undo/run.ts');
      const result = await runApprovedUndo(row, app.settings.connections, await app.ports());
      return result?.approval?.id ?? row.id;
    },

    /** Undefined if the body is not a form. */
    readForm: async (c: Context<Env>) => parseForm(new Uint8Array(await c.req.arrayBuffer())),

    /** Checks the CSRF token of a form and consumes its nonce. */
    async checkCsrf(c: Context<Env>, fields: FormFields): Promise<CsrfResult> {
      const { csrf } = (await open()).sessions;
      const given = { csrf: fields.get('csrf') ?? '', nonce: fields.get('nonce') ?? '' };
      return await csrf.consume(c.get('browserId') ?? '', c.req.path.slice(home.length), given);
    },

    /**
     * What a person who is signed in submits, its CSRF token consumed; else the response. `backTo`: the page of the form, a
     * path below `home`. A forged form learns nothing about sessions, so that comes first.
     */
    async readSubmission(c: Context<Env>, backTo?: string): Promise<Submission | Response> {
      const fields = await this.readForm(c);
      if (!fields) return await this.renderError(c, 400, backTo);
      const csrf = await this.checkCsrf(c, fields);
      if (csrf === 'forged') return await this.renderError(c, 403, backTo);
      const session = c.get('session');
      if (!session) return this.redirectToSignIn(c, backTo?.slice(1));
      if (csrf === 'stale') return await this.renderError(c, 409, backTo);
      return { fields, session };
    },

    /** `backTo`: a path below `home`. */
    renderError: async (c: Context<Env>, status: ErrorStatus, backTo?: string): Promise<Response> =>
      await render(c, (frame) => errorPage(frame, status, backTo), status),

    /** What one approver can do with a request, in this session. */
    async review(session: ApproverSession, approval: Approval): Promise<Review> {
      const review = await (await open()).service.review(approval, session.approver);
      const mayDecide = ['eligible', 'own'].includes(review.eligibility.kind);
      if (!mayDecide || !(await needsFreshSignIn(session, approval))) return review;
      return { ...review, eligibility: { kind: 'sign-in-again' } };
    },

    /** Whether the approver has to sign in again before deciding on this: the sign-in is too long ago for the risk. */
    needsFreshSignIn,

    /** To prove once more who one is; the session stays until then. */
    redirectToFreshSignIn: (c: Context<Env>, to?: string): Response =>
      c.redirect(`${home}/sign-in?again=1${to === undefined ? '' : `&to=${to}`}`, 303),

    /** `to`: the page to open after signing in, below `home`. */
    redirectToSignIn(c: Context<Env>, to?: string): Response {
      const query = new URLSearchParams({
        ...(isPlace(to) && { to }),
        ...(c.req.method === 'POST' && { ended: '1' }),
      });
      return c.redirect(`${home}/sign-in${query.size > 0 ? `?${query}` : ''}`, 303);
    },
  };
}

/** A form as a person who is signed in submitted it. */
export interface Submission {
  fields: FormFields;
  session: ApproverSession;
}

export type PageContext = ReturnType<typeof createPageContext>;

/** Whether this is a page that people may be sent to after signing in: a request, or the history. */
export function isPlace(text: string | null | undefined): text is string {
  return (
    isId(text) || (typeof text === 'string' && /^history(?:\/[0-9a-f-]{36})?(?:\?[\w.~%+=&*-]{0,2000})?$/.test(text))
  );
}

export function isId(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[0-9a-f-]{36}$/.test(text);
}
