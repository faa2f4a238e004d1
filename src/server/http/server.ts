import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerContext } from '@modelcontextprotocol/server';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { type App, createApp } from '../../app.ts';
import { bounds } from '../../bounds.ts';
import type { Settings } from '../../config/load.ts';
import { AppError, UsageError } from '../../errors.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { createRateLimit } from '../../lib/rate-limit.ts';
import { startMaintenance } from '../../maintenance.ts';
import { providers } from '../../providers/index.ts';
import type { Caller } from '../../update/types.ts';
import { createInFlightCalls } from '../mcp/in-flight.ts';
import { defineTools, instructionsFor } from '../mcp/registry.ts';
import { createMcpServer, toToolbox } from '../mcp/server.ts';
import { ANONYMOUS, createAuthenticate } from './auth/auth.ts';
import { metadataRoute } from './auth/oauth-metadata.ts';
import { createNeededScopes } from './auth/scopes.ts';
import { healthRoutes } from './health.ts';
import { listen, type Timeouts } from './listener.ts';
import { mcpRoute } from './mcp.ts';
import { createSessions } from './mcp-sessions.ts';
import { createMetrics, metricsRoute } from './metrics.ts';
import { createAdmit } from './middleware/admission.ts';
import { createBodyBudget } from './middleware/body-budget.ts';
import { createGuards } from './middleware/host-origin.ts';
import type { Route } from './router.ts';
import { warnOperator } from './startup-warnings.ts';

export interface HttpOptions {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** More routes, such as the approval page's. `origin` is where people reach this server. */
  routes?: (app: App, origin: () => string) => readonly Route[];
  timeouts?: Timeouts;
}

export interface HttpServer {
  /** Where it listens: `http://127.0.0.1:3600`. */
  url: string;
  app: App;
  /** Finishes what is in flight, within limits, then lets go of everything. */
  stop(): Promise<void>;
}

const STORE_STOP_MS = 5000;
/** How long answers may take to leave. Clients are slow at times, and so is a machine that is being shut down. */
const ANSWERS_MS = 5000;

/** Throws a UsageError where it may not, or cannot, listen there, and where store or key cannot be used. */
export async function startHttp(settings: Settings, options: HttpOptions): Promise<HttpServer> {
  const { http } = settings;
  if (!http.auth && !isLoopback(options.host)) throw openToAll(options.host);
  const metrics = createMetrics();
  const app = createApp(settings, { telemetry: metrics.telemetry, isServer: true });
  await openFirst(app);
  const calls = createInFlightCalls(metrics.call);
  const tools = calls.track(defineTools(providers, app));
  const instructions = instructionsFor(providers, app);
  const toolbox = toToolbox(tools);
  const makeServer = () => createMcpServer(toolbox, instructions, app, principalOf);
  const onerror = (error: Error) => app.log.debug({ problem: error.name }, 'protocol error');
  const modern = createMcpHandler(makeServer, { legacy: 'reject', onerror });
  const sessions = createSessions({ ...http.sessions, isBusy: calls.isBusy, makeServer });
  const admit = createAdmit(await createAuthenticate(http.auth, app.log), http.rateLimit);
  let stopping = false;
  const isStopping = () => stopping;
  let url = '';

  const listener = await listen({
    ...options,
    routes: [
      mcpRoute({ admit, neededScopes: createNeededScopes(tools), modern, sessions, isStopping }),
      ...(http.auth ? [metadataRoute(http.auth)] : []),
      ...healthRoutes(app, isStopping),
      metricsRoute(metrics, admit),
      ...(options.routes?.(app, () => http.publicUrl ?? url) ?? []),
    ],
    guards: createGuards({ ...http, bound: options.host }),
    rateLimit: createRateLimit(http.rateLimit),
    publicUrl: http.publicUrl,
    bodyBytes: http.bodyBytes,
    // A quarter is what one caller gets, and the largest body has to fit into it.
    budget: createBodyBudget(Math.max(bounds.bodiesInFlightBytes, 4 * http.bodyBytes)),
    log: app.log,
    count: metrics.exchange,
  }).catch(async (error: unknown) => {
    await app.shutdown();
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    throw new UsageError(`--host ${options.host} --port ${options.port}: cannot be listened on (${code})`);
  });
  const { address, family, port } = listener.address;
  // What the name stood for is known only now.
  if (!http.auth && !isLoopback(address)) {
    await listener.close(0);
    await app.shutdown();
    throw openToAll(address);
  }
  url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

  metrics.gauge('update_user_sessions', 'Sessions of 2025-era clients', sessions.count);
  metrics.gauge('update_user_approvals_pending', 'Changes that wait for an approver', async () => {
    return await (await app.store()).approvals.countPending();
  });
  void warnOperator(app, options.host);
  const stopMaintenance = startMaintenance(app, 0);

  return {
    url,
    app,
    async stop() {
      stopping = true;
      stopMaintenance();
      listener.refuse();
      calls.rejectNew();
      calls.closeQuestions();
      await calls.drain();
      await Promise.all([modern.close(), sessions.close()]);
      await listener.close(ANSWERS_MS);
      // A store that cannot be reached must not keep the process from ending.
      await Promise.race([app.shutdown(), sleep(STORE_STOP_MS)]);
    },
  };
}

/** What the transport verified, never what the client says of itself. */
function principalOf(context: ServerContext): Pick<Caller, 'principal' | 'identities'> {
  const { principal, identities } = context.http?.authInfo?.extra ?? {};
  if (typeof principal !== 'string') return { principal: ANONYMOUS.principal };
  return {
    principal,
    identities: Array.isArray(identities) ? identities.filter((one) => typeof one === 'string') : [],
  };
}

/** What callers would all fail of is the operator's to mend before anybody is let in. */
async function openFirst({ settings, store, seal, shutdown }: App): Promise<void> {
  const open = (part: () => Promise<unknown>, name: string) =>
    part().catch((error: unknown) => {
      const setting = error instanceof AppError ? error.facts.setting : undefined;
      throw new UsageError(`${setting ?? name}: ${error instanceof Error ? error.message : 'cannot be opened'}`);
    });
  try {
    await open(store, settings.names.store);
    await open(seal, settings.names.key);
  } catch (error) {
    await shutdown();
    throw error;
  }
}

function openToAll(host: string): UsageError {
  return new UsageError(
    `--host ${host}: without http.auth in the configuration only loopback is served; configure tokens or OAuth, or use 127.0.0.1`,
  );
}
