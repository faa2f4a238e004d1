import {
  type AuthInfo,
  isInitializeRequest,
  isJsonContentType,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { isObject } from '../../lib/json/json-value.ts';
import { errorReply } from '../json-rpc/filter.ts';
import { answerEach, messagesIn, NOTHING, refuseMessages } from '../json-rpc/posted.ts';
import { type Identity, insufficientScope } from './auth/auth.ts';
import type { NeededScopes } from './auth/scopes.ts';
import type { Session, Sessions } from './mcp-sessions.ts';
import type { Admit } from './middleware/admission.ts';
import { methodNotAllowed, refusal, unavailable } from './responses.ts';
import type { Route } from './router.ts';

export interface McpRouteParts {
  admit: Admit;
  neededScopes: NeededScopes;
  /** Serves the 2026-07-28 revision, one request at a time. */
  modern: Pick<McpHttpHandler, 'fetch'>;
  /** Serve the revisions of 2025. */
  sessions: Sessions;
  isStopping(): boolean;
}

/** `/mcp`: both eras of the protocol side by side, told apart by the SDK's own classification. */
export function mcpRoute({ admit, neededScopes, modern, sessions, isStopping }: McpRouteParts): Route {
  return {
    prefix: '/mcp',
    ownRateLimit: true,
    readsBody: true,
    async fetch(request, context) {
      if (context.pathname !== '/mcp') return refusal(404, 'not found');
      if (!['POST', 'GET', 'DELETE'].includes(request.method)) return methodNotAllowed('GET, POST, DELETE');
      const identity = await admit(request, context);
      if (identity instanceof Response) return identity;
      if (isStopping()) return unavailable('the server is stopping');
      // Only JSON: what a web page can post without asking first (CORS "simple" requests) is not taken.
      if (request.method === 'POST' && !isJsonContentType(request.headers.get('content-type'))) {
        return Response.json(errorReply(null, -32000, 'Content-Type must be application/json'), { status: 415 });
      }
      const bytes = await context.readBody({ name: identity.principal, isKnown: true });
      if (bytes instanceof Response) return bytes;
      const { body, replies } = request.method === 'POST' ? messagesIn(bytes) : NOTHING;
      if (body === undefined && request.method === 'POST') return refuseMessages(replies);
      const needed = neededScopes(body, identity.scopes);
      if (needed.some((scope) => !identity.scopes.includes(scope))) return insufficientScope(context.origin, needed);

      const options = { authInfo: toAuthInfo(identity), ...(body !== undefined && { parsedBody: body }) };
      if (!(await isLegacyRequest(request, body))) {
        return await answerEach(await modern.fetch(request, options), body, replies);
      }
      const session = await sessionFor(request, body, identity, sessions);
      if (session instanceof Response) return await answerEach(session, body, replies);
      cancelWithClient(request.signal, body, session);
      const answer = await session.transport.handleRequest(request, options);
      if (session.transport.sessionId === undefined) await sessions.drop(session);
      return await answerEach(answer, body, replies);
    },
  };
}

/** Whom the transport says the caller is. The token itself goes no further. */
function toAuthInfo({ principal, identities = [], scopes }: Identity): AuthInfo {
  return { token: '', clientId: principal, scopes: [...scopes], extra: { principal, identities } };
}

async function sessionFor(
  request: Request,
  body: unknown,
  { principal }: Identity,
  sessions: Sessions,
): Promise<Session | Response> {
  const id = request.headers.get('mcp-session-id');
  if (id !== null)
    return (
      sessions.find(id, principal) ?? Response.json(errorReply(null, -32001, 'Session not found'), { status: 404 })
    );
  if (!isInitializeRequest(body)) {
    return Response.json(errorReply(null, -32000, 'Mcp-Session-Id header is required'), { status: 400 });
  }
  return (await sessions.open(principal)) ?? unavailable('no room for another session');
}

/**
 * There is no way to fetch an answer later, so a client that goes away takes its call back, unless the intent is on
 * disk by then. The revision of 2026-07-28 says the same; those of 2025 leave it to a message that a client which broke
 * down cannot send.
 */
function cancelWithClient(signal: AbortSignal, body: unknown, { transport }: Session): void {
  const ids = [body].flat().flatMap((message) => {
    const id = isObject(message) && 'method' in message ? message['id'] : undefined;
    return typeof id === 'string' || typeof id === 'number' ? [id] : [];
  });
  const cancel = () => {
    for (const requestId of ids) {
      transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
    }
  };
  signal.addEventListener('abort', cancel, { once: true });
}
