import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Telemetry } from '../../lib/telemetry.ts';
import type { RequireCaller } from './middleware/require-caller.ts';
import { methodNotAllowed, plainText } from './responses.ts';
import type { HttpRoute } from './router.ts';

/** Metrics for Prometheus. Labels hold our own names only: tools, providers, outcomes, routes; never a caller or a value. */
export interface Metrics {
  telemetry: Telemetry;
  countCall(tool: string, outcome: string, seconds: number): void;
  countRequest(route: string, status: number): void;
  /** A number that is read when metrics are scraped. Left out when `read` fails. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  text(): Promise<{ text: string; type: string }>;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100, 300];

export function createMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const calls = new Histogram({
    name: 'update_user_call_seconds',
    help: 'Tool calls by tool and outcome, with the time they took',
    labelNames: ['tool', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const verdicts = new Counter({
    name: 'update_user_verdicts_total',
    help: 'Policy decisions on planned changes',
    labelNames: ['provider', 'decision'],
    registers,
  });
  const upstream = new Histogram({
    name: 'update_user_upstream_seconds',
    help: 'HTTP requests to providers; status 0 without a response',
    labelNames: ['provider', 'method', 'status'],
    buckets: SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'update_user_upstream_wait_seconds',
    help: 'Waits of requests to providers that said to slow down',
    labelNames: ['provider'],
    buckets: SECONDS,
    registers,
  });
  const requests = new Counter({
    name: 'update_user_http_requests_total',
    help: 'Requests to this server',
    labelNames: ['route', 'status'],
    registers,
  });
  const notices = new Counter({
    name: 'update_user_notices_total',
    help: 'Attempts to deliver notices, and notices that were given up',
    labelNames: ['format', 'result'],
    registers,
  });
  const batches = new Counter({
    name: 'update_user_batches_total',
    help: 'Batches of changes by outcome',
    labelNames: ['outcome'],
    registers,
  });
  return {
    telemetry: {
      batch: (outcome) => batches.inc({ outcome }),
      verdict: (provider, decision) => verdicts.inc({ provider, decision }),
      upstream: (provider, method, status, seconds) => upstream.observe({ provider, method, status }, seconds),
      waited: (provider, seconds) => waits.observe({ provider }, seconds),
      notice: (format, result) => notices.inc({ format, result }),
    },
    countCall: (tool, outcome, seconds) => calls.observe({ tool, outcome }, seconds),
    countRequest: (route, status) => requests.inc({ route, status }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.reset();
          try {
            this.set(await read());
          } catch {
            this.remove();
          }
        },
      });
    },
    text: async () => ({ text: await register.metrics(), type: register.contentType }),
  };
}

/** `/metrics`. If tokens are configured, it requires one, of any scope. */
export function metricsRoute(metrics: Metrics, requireCaller: RequireCaller): HttpRoute {
  return {
    prefix: '/metrics',
    ownRateLimit: true,
    maxBodyBytes: 0,
    async fetch(request, context) {
      if (request.method !== 'GET') return methodNotAllowed('GET');
      const identity = await requireCaller(context);
      if (identity instanceof Response) return identity;
      const { text, type } = await metrics.text();
      return plainText(200, text, type);
    },
  };
}
