import type { App } from '../../app.ts';
import { type ApprovalsOptions, createApprovalsApp } from '../approvals/app.ts';
import { APPROVALS_PATH as PREFIX } from './paths.ts';
import { errorResponse } from './responses.ts';
import type { HttpRoute, RouteContext } from './router.ts';

/** Far more than any form of the page. */
const MAX_FORM_BYTES = 65_536;

/** The approval page on this server. From now on every pending approval links to it. */
export function approvalsRoute(
  app: App,
  origin: () => string,
  options: Pick<ApprovalsOptions, 'now' | 'sessions'> = {},
): HttpRoute {
  app.approvalLink = async (id) => `${origin()}${PREFIX}/${id}`;
  const router = createApprovalsApp(app, {
    ...options,
    basePath: PREFIX,
    publicUrl: (_request, context) => (context as RouteContext).origin, // what `fetch` below passes
  });
  return { prefix: PREFIX, maxBodyBytes: MAX_FORM_BYTES, fetch: (request, context) => router.fetch(request, context) };
}

/** People who open the server itself get to the approval page. */
export function rootRoute(): HttpRoute {
  return {
    prefix: '/',
    maxBodyBytes: 0,
    fetch({ method }, { pathname }) {
      const isOpened = pathname === '/' && (method === 'GET' || method === 'HEAD');
      return isOpened
        ? new Response(null, { status: 302, headers: { location: PREFIX } })
        : errorResponse(404, 'not found');
    },
  };
}
