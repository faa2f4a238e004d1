import type { App } from '../../app.ts';
import { createApprovalsApp } from '../approvals/app.ts';
import type { Route, RouteContext } from './router.ts';

const PREFIX = '/approvals';
/** No form of the page comes near it. */
const MAX_FORM_BYTES = 65_536;

/** The approval page below this server. From now on every pending approval links to it. */
export function approvalPage(app: App, origin: () => string): Route {
  app.approvalLink = async (id) => `${origin()}${PREFIX}/${id}`;
  const router = createApprovalsApp(app, {
    basePath: PREFIX,
    publicUrl: (_request, context) => (context as RouteContext).origin, // what `fetch` below hands in
  });
  return { prefix: PREFIX, maxBodyBytes: MAX_FORM_BYTES, fetch: (request, context) => router.fetch(request, context) };
}
