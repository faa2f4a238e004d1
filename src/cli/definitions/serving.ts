import { run } from '../commands/stdio.ts';
import { action, flag, text } from './command.ts';
import { config, json, listeningPort, portFrom } from './common.ts';

/** Commands that serve until they are stopped, and the demo. */

export const stdio = action({
  name: 'stdio',
  summary: 'serve one MCP client over stdin and stdout (the default)',
  description: [
    'Serves one MCP client, which starts the program and ends it. Logs go to stderr. Settings come from the environment, from a configuration file, or from both.',
  ],
  options: {
    ...config,
    'allow-empty-config': flag('take an empty $UPDATE_USER_CONFIG for none, as a host passes on an empty field'),
  },
  examples: [{ args: '--config mcp.config.json', text: 'as an MCP client starts it' }],
  // The main file holds it anyway.
  load: async () => run,
});

export const http = action({
  name: 'http',
  summary: 'serve many MCP clients over HTTP',
  description: [
    'Serves MCP clients at /mcp and approvers at /approvals, and /healthz, /readyz and /metrics. Without http.auth in the configuration it serves loopback only.',
    'Waits up to a minute for PostgreSQL to come up. The first SIGTERM or SIGINT drains calls in flight, a second one ends the server at once.',
  ],
  options: {
    host: text('ADDRESS', 'where to listen', { default: '127.0.0.1' }),
    ...listeningPort('3600'),
    ...config,
  },
  load: async () => (await import('../commands/http.ts')).run,
});

export const healthcheck = action({
  name: 'healthcheck',
  summary: 'ask a running http server whether it can do its work',
  description: [
    'For containers: asks /readyz, and exits 0 or 1 within 10 seconds. With --live it asks /healthz, whether the server answers at all, for a manager that restarts what is not healthy: a restart does not bring back a database.',
  ],
  options: {
    host: text('ADDRESS', 'where the server listens', { default: '127.0.0.1' }),
    port: text('PORT', 'where the server listens', { default: '3600', check: portFrom(1) }),
    live: flag('ask only whether it answers'),
    ...json,
  },
  load: async () => (await import('../commands/healthcheck.ts')).run,
});

export const sandbox = action({
  name: 'sandbox',
  summary: 'run every vendor in a sandbox on loopback, with people in it',
  description: [
    'Prints the environment that connects to it, and runs until it is stopped. /_sandbox/ controls it (requests, users, faults, options, reset).',
  ],
  options: { ...listeningPort('4600'), json: flag('print the environment as JSON, for scripts') },
  examples: [{ args: 'sandbox --port 0 --json', text: 'for a test, on a free port' }],
  load: async () => (await import('../commands/sandbox.ts')).run,
});

export const demo = action({
  name: 'demo',
  summary: 'demonstrate everything on the sandbox, start to end',
  description: [
    'Finds a person, updates her at every vendor, reviews the audit log, and undoes a change. Needs no account and sends nothing to the network. Exits 1 when a check fails.',
  ],
  options: {},
  load: async () => (await import('../demo/demo.ts')).run,
});
