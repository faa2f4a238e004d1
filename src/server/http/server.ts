import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerContext } from '@modelcontextprotocol/server';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { type App, createApp } from '../../app.ts';
import { bounds } from '../../bounds.ts';
import type { Settings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { createRateLimit } from '../../lib/rate-limit.ts';
import { limitYoungGeneration } from '../../lib/young-generation.ts';
import { startMaintenance } from '../../maintenance.ts';
import type { NoticeLink } from '../../notify/notice.ts';
import type { Caller } from '../../update/types.ts';
import { createInFlightCalls } from '../mcp/in-flight.ts';
import { defineTools, instructionsFor } from '../mcp/registry.ts';
import { createMcpServer, toToolbox } from '../mcp/server.ts';
import { createAuthenticate } from './auth/auth.ts';
import { metadataRoute } from './auth/oauth-metadata.ts';
import { createNeededScopes } from './auth/scopes.ts';
import { ANONYMOUS } from './auth/tokens.ts';
import { CALL_REVISION, createCallExchanges } from './call-exchange.ts';
import { healthRoutes } from './health.ts';
import { listen, type Timeouts } from './listener.ts';
import { mcpRoute } from './mcp-route.ts';
import { createMcpSessions } from './mcp-sessions.ts';
import { createMetrics, metricsRoute } from './metrics.ts';
import { createBodyBudget } from './middleware/body-budget.ts';
import { createHostOriginCheck } from './middleware/host-origin.ts';
import { createRequireCaller } from './middleware/require-caller.ts';
import { APPROVALS_PATH } from './paths.ts';
import type { HttpRoute } from './router.ts';
import { logStartupWarnings, openStorage, requireAuthBeyondLoopback } from './startup-checks.ts';

export interface HttpOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** More routes, such as the approval page. `origin` is the address under which people reach this server. */
  routes?: (app: App, origin: () => string) => readonly HttpRoute[];
  timeouts?: Timeouts;
  /** How long to wait for a database that is started along with this server, in ms. Default `bounds.startUpMs`. */
  startUpMs?: number;
}

export interface HttpServer {
  /** Where it listens: `http://127.0.0.1:3600`. */
  url: string;
  app: App;
  /** Drains in-flight calls, within limits, then closes everything. */
  shutdown(): Promise<void>;
}

/**
 * Listens once the store is open. Throws a UsageError if it may not, or cannot, listen on that address, and if store or
 * key cannot be opened; an AppError if the database could not be reached in time.
 */
export async function startHttp(settings: Settings, options: HttpOptions): Promise<HttpServer> {
  const { http } = settings;
  requireAuthBeyondLoopback(settings, options.host);
  const metrics = createMetrics();
  const { startUpMs = bounds.startUpMs } = options;
  let url = '';
  const origin = () => http.publicUrl ?? url;
  const app = createApp(settings, {
    telemetry: metrics.telemetry,
    isServer: true,
    startUpMs,
    noticeLink: linkUnder(origin),
  });
  await openStorage(app);
  const calls = createInFlightCalls(metrics.countCall);
  const tools = calls.track(defineTools(app));
  const instructions = instructionsFor(app);
  const toolbox = toToolbox(tools);
  const createServer = () => createMcpServer(toolbox, instructions, app, identifyCaller);
  const toolCalls = createCallExchanges(() =>
    createMcpServer(toolbox, instructions, app, identifyCaller, [CALL_REVISION]),
  );
  const onerror = (error: Error) => app.log.debug({ problem: error.name }, 'protocol error');
  const modern = createMcpHandler(createServer, { legacy: 'reject', onerror });
  const sessions = createMcpSessions({ ...http.sessions, isBusy: calls.isBusy, createServer });
  const requireCaller = createRequireCaller(await createAuthenticate(http.auth, app.log), http.rateLimit);
  let isShuttingDown = false;
  const isStopping = () => isShuttingDown;

  const listener = await listen({
    ...options,
    routes: [
      mcpRoute({ requireCaller, neededScopes: createNeededScopes(tools), toolCalls, modern, sessions, isStopping }),
      ...(http.auth ? [metadataRoute(http.auth)] : []),
      ...healthRoutes(app, isStopping),
      metricsRoute(metrics, requireCaller),
      ...(options.routes?.(app, origin) ?? []),
    ],
    hostOriginCheck: createHostOriginCheck({ ...http, bound: options.host }),
    rateLimit: createRateLimit(http.rateLimit),
    publicUrl: http.publicUrl,
    bodyBytes: http.bodyBytes,
    // One sender gets a quarter of it, and the largest body has to fit in there.
    budget: createBodyBudget(Math.max(bounds.bodiesInFlightBytes, 4 * http.bodyBytes)),
    log: app.log,
    count: metrics.countRequest,
  }).catch(async (error: unknown) => {
    await app.shutdown();
    const code = errorCode(error) ?? 'failed';
    throw new UsageError(`--host ${options.host} --port ${options.port}: cannot listen (${code})`);
  });
  const { address, family, port } = listener.address;
  try {
    // Checked again: the address that a host name resolves to is known only now.
    requireAuthBeyondLoopback(settings, address);
  } catch (error) {
    await listener.close(0);
    await app.shutdown();
    throw error;
  }
  url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

  metrics.gauge('update_user_sessions', 'Sessions of 2025-era clients', sessions.count);
  metrics.gauge('update_user_approvals_pending', 'Changes that wait for an approver', async () => {
    return await (await app.store()).approvals.countPending();
  });
  void logStartupWarnings(app, options.host);
  limitYoungGeneration();
  const stopMaintenance = startMaintenance(app, 0);

  return {
    url,
    app,
    async shutdown() {
      isShuttingDown = true;
      stopMaintenance();
      listener.stopAccepting();
      calls.rejectNew();
      calls.closeQuestions();
      await calls.drain();
      await Promise.all([toolCalls.close(), modern.close(), sessions.closeAll()]);
      await listener.close(bounds.responsesMs);
      await Promise.race([app.shutdown(), sleep(bounds.storeStopMs)]);
    },
  };
}

/** Links of notices lead where the links of pending approvals lead, once the server listens. */
function linkUnder(origin: () => string): NoticeLink {
  return (what, id) => {
    if (origin() === '') return undefined;
    const site = `${origin()}${APPROVALS_PATH}`;
    const last = encodeURIComponent(id);
    return what === 'batch' ? `${site}/history?batch=${last}` : `${site}${what === 'change' ? '/history' : ''}/${last}`;
  };
}

/** The caller as authentication verified it, never as the client describes itself. */
function identifyCaller(context: ServerContext): Pick<Caller, 'principal' | 'identities'> {
  const { principal, identities } = context.http?.authInfo?.extra ?? {};
  if (typeof principal !== 'string') return { principal: ANONYMOUS.principal };
  return {
    principal,
    identities: Array.isArray(identities) ? identities.filter((one) => typeof one === 'string') : [],
  };
}
