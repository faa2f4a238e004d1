import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Telemetry } from '../../lib/telemetry.ts';
import type { Admit } from './middleware/admission.ts';
import { methodNotAllowed, plain } from './responses.ts';
import type { Route } from './router.ts';

/** Counts for Prometheus. Labels hold names of ours only: tools, providers, outcomes, routes; never a caller or a value. */
export interface Metrics {
  telemetry: Telemetry;
  call(tool: string, outcome: string, seconds: number): void;
  exchange(route: string, status: number): void;
  /** Numbers that are asked for when they are read; one that cannot be had is left out. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void;
  text(): Promise<{ text: string; type: string }>;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

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
    help: 'What policy said of planned changes',
    labelNames: ['provider', 'decision'],
    registers,
  });
  const upstream = new Histogram({
    name: 'update_user_upstream_seconds',
    help: 'HTTP exchanges with providers; status 0 where no answer came',
    labelNames: ['provider', 'method', 'status'],
    buckets: SECONDS,
    registers,
  });
  const exchanges = new Counter({
    name: 'update_user_http_requests_total',
    help: 'Requests to this server',
    labelNames: ['route', 'status'],
    registers,
  });
  return {
    telemetry: {
      verdict: (provider, decision) => verdicts.inc({ provider, decision }),
      upstream: (provider, method, status, seconds) => upstream.observe({ provider, method, status }, seconds),
    },
    call: (tool, outcome, seconds) => calls.observe({ tool, outcome }, seconds),
    exchange: (route, status) => exchanges.inc({ route, status }),
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

/** `/metrics`. Where tokens are configured it takes one, of any scope. */
export function metricsRoute(metrics: Metrics, admit: Admit): Route {
  return {
    prefix: '/metrics',
    ownRateLimit: true,
    maxBodyBytes: 0,
    async fetch(request, context) {
      if (request.method !== 'GET') return methodNotAllowed('GET');
      const identity = await admit(request, context);
      if (identity instanceof Response) return identity;
      const { text, type } = await metrics.text();
      return plain(200, text, type);
    },
  };
}
