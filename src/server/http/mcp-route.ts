import {
  type AuthInfo,
  classifyInboundRequest,
  type InboundClassificationOutcome,
  type InboundHttpRequest,
  isInitializeRequest,
  isJsonContentType,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { isObject } from '../../lib/json/json-value.ts';
import { withTrace } from '../../lib/trace.ts';
import { rpcError } from '../json-rpc/parse.ts';
import { completeResponse, invalidPostResponse, NO_MESSAGES, parsePost } from '../json-rpc/post.ts';
import { insufficientScope } from './auth/auth.ts';
import type { NeededScopes } from './auth/scopes.ts';
import type { Identity } from './auth/tokens.ts';
import { type CallExchanges, isPlainCall } from './call-exchange.ts';
import type { McpSession, McpSessions } from './mcp-sessions.ts';
import type { RequireCaller } from './middleware/require-caller.ts';
import { errorResponse, methodNotAllowed, unavailable } from './responses.ts';
import type { HttpRoute, JsonResponse, RouteContext } from './router.ts';

export interface McpRouteOptions {
  requireCaller: RequireCaller;
  neededScopes: NeededScopes;
  /** Serve the calls of the 2026-07-28 revision. */
  toolCalls: CallExchanges;
  /** Serves every other request of that revision. */
  modern: Pick<McpHttpHandler, 'fetch'>;
  /** Serve the revisions of 2025. */
  sessions: McpSessions;
  isStopping(): boolean;
}

/** `/mcp`: both protocol eras side by side, told apart by the SDK's own classification. */
export function mcpRoute(options: McpRouteOptions): HttpRoute {
  return {
    prefix: '/mcp',
    ownRateLimit: true,
    readsBody: true,
    serve: (context) => withTrace(context.headers['traceparent'], () => serve(context, options)),
  };
}

async function serve(
  context: RouteContext,
  { requireCaller, neededScopes, toolCalls, modern, sessions, isStopping }: McpRouteOptions,
): Promise<Response | JsonResponse> {
  const { method, headers, pathname, signal } = context;
  if (pathname !== '/mcp') return errorResponse(404, 'not found');
  if (!['POST', 'GET', 'DELETE'].includes(method)) return methodNotAllowed('GET, POST, DELETE');
  const identity = await requireCaller(context);
  if (identity instanceof Response) return identity;
  if (isStopping()) return unavailable('the server is stopping');
  // Only JSON: a web page can post other types without a preflight (CORS "simple" requests).
  if (method === 'POST' && !isJsonContentType(headers['content-type'] ?? null)) {
    return Response.json(rpcError(null, -32000, 'Content-Type must be application/json'), { status: 415 });
  }
  const bytes = await context.readBody({ name: identity.principal, isKnown: true });
  if (bytes instanceof Response) return bytes;
  const { body, errors } = method === 'POST' ? parsePost(bytes) : NO_MESSAGES;
  if (body === undefined && method === 'POST') return invalidPostResponse(errors);
  const needed = neededScopes(body, identity.scopes);
  if (needed.some((scope) => !identity.scopes.includes(scope))) return insufficientScope(context.origin, needed);

  const authInfo = toAuthInfo(identity);
  const route = classify(context, body);
  if (isPlainCall(route, headers)) {
    const result = await toolCalls.serve(route, authInfo, signal);
    if (!(result instanceof Response)) return { status: 200, json: JSON.stringify(result) };
    return await completeResponse(result, body, errors);
  }
  const request = context.toRequest();
  const options = { authInfo, ...(body !== undefined && { parsedBody: body }) };
  if (route.kind !== 'legacy') return await completeResponse(await modern.fetch(request, options), body, errors);
  const session = await sessionFor(context, body, identity, sessions);
  if (session instanceof Response) return await completeResponse(session, body, errors);
  cancelWithClient(signal, body, session);
  const response = await session.transport.handleRequest(request, options);
  if (session.transport.sessionId === undefined) await sessions.close(session);
  return await completeResponse(response, body, errors);
}

/** Which era a request is of, as the SDK's own handler sees it. */
function classify({ method, headers }: RouteContext, body: unknown): InboundClassificationOutcome {
  const request = {
    httpMethod: method,
    protocolVersionHeader: headers['mcp-protocol-version'],
    mcpMethodHeader: headers['mcp-method'],
    mcpNameHeader: headers['mcp-name'],
    body,
  };
  return classifyInboundRequest(request as InboundHttpRequest); // Node joins several such headers, so none is a list
}

/** The verified caller. The token itself is not passed on. */
function toAuthInfo({ principal, identities = [], scopes }: Identity): AuthInfo {
  return { token: '', clientId: principal, scopes: [...scopes], extra: { principal, identities } };
}

async function sessionFor(
  { headers }: RouteContext,
  body: unknown,
  { principal }: Identity,
  sessions: McpSessions,
): Promise<McpSession | Response> {
  const id = headers['mcp-session-id'];
  if (typeof id === 'string')
    return sessions.find(id, principal) ?? Response.json(rpcError(null, -32001, 'Session not found'), { status: 404 });
  if (!isInitializeRequest(body)) {
    return Response.json(rpcError(null, -32000, 'Mcp-Session-Id header is required'), { status: 400 });
  }
  return (await sessions.open(principal)) ?? unavailable('too many sessions are busy');
}

/**
 * A result cannot be fetched later, so a client that disconnects cancels its calls, unless the intent is already stored.
 * The 2026-07-28 revision says the same. Those of 2025 leave it to a message that a crashed client cannot send.
 */
function cancelWithClient(signal: AbortSignal, body: unknown, { transport }: McpSession): void {
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
