import { setTimeout as sleep } from 'node:timers/promises';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { type HttpProgram, startHttpProgram } from '../../support/http/program.ts';
import { connectRawHttp } from '../../support/json-rpc/http.ts';
import { connectRawStdio, type Era, type RawMcpClient } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { TOKENS, withTokens } from '../../support/program/transports.ts';
import { storeTexts } from '../../support/store/files.ts';
import { ALL_PRESETS } from '../../support/vendors/registry.ts';
import { RULES } from './planned-calls.ts';

/** Three programs on one store, four endpoints, a sandbox behind them, and a view of their output. */

export const ENDPOINTS = ['stdio 2026', 'stdio 2025', 'http 2026', 'http 2025'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];
export const eraOf = (endpoint: Endpoint): Era => (endpoint.endsWith('2026') ? '2026' : '2025');
type AnyClient = Omit<RawMcpClient, 'log' | 'isAlive' | 'kill'>;
/** How a client of 2025 answers a question. */
export type OnAsked = (message: string, form: unknown) => unknown;

interface Intent {
  changeId: string;
  reason: string | undefined;
  rule: string | undefined;
  fields: string[];
}

interface Body {
  reason?: string;
  rule?: string;
  fields: { field: string }[];
}

export interface System {
  server: StdioServer;
  store: Store;
  wire(endpoint: Endpoint): AnyClient;
  /** `kill -9` of the program behind an endpoint. */
  kill(endpoint: Endpoint): Promise<void>;
  /** Starts killed programs again. */
  restart(): Promise<void>;
  /** Protocol lines since the last call, and the programs' logs. */
  newOutput(): { lines: string[]; logs: string[] };
  /** The open intents for a user record, read from the database itself. */
  intents(provider: string, user: string): Intent[];
  storeTexts(): string[];
  stop(): Promise<void>;
}

export async function startSystem(onAsked: OnAsked): Promise<System> {
  const server = await startStdioServer({
    config: withTokens({
      ...ALL_PRESETS,
      policy: { allowSecretInput: true, rules: RULES },
      limits: { requestSeconds: 3, callSeconds: 30 },
    }),
  });
  const store = await openSqliteStore(server.storePath, createProcessId());
  const database = await openDatabase(server.storePath);
  database.exec('PRAGMA busy_timeout = 10000');
  const query = database.prepare(
    'SELECT e.change_id, e.body FROM open_intents o JOIN entries e ON e.seq = o.seq WHERE e.provider = ? AND e.user_id = ?',
  );
  const wires = new Map<Endpoint, AnyClient>();
  const stdio = new Map<Endpoint, RawMcpClient>();
  let program: HttpProgram | undefined;
  const taken = new Map<object, number>();

  const add = (endpoint: Endpoint, wire: AnyClient) => {
    wires.set(endpoint, wire);
    if (eraOf(endpoint) === '2025') void answerAll(wire, onAsked);
  };
  const isDead = () => !program || program.process.exitCode !== null || program.process.signalCode !== null;
  const fresh = <T extends object>(source: T, all: readonly string[]) => {
    const from = taken.get(source) ?? 0;
    taken.set(source, all.length);
    return all.slice(from);
  };
  const logs: string[] = [];
  const system: System = {
    server,
    store,
    wire(endpoint) {
      const wire = wires.get(endpoint);
      if (!wire) throw new Error(`no ${endpoint}`);
      return wire;
    },
    async kill(endpoint) {
      if (endpoint.startsWith('http')) {
        program?.process.kill('SIGKILL');
        await program?.exit;
        return;
      }
      stdio.get(endpoint)?.kill();
      while (stdio.get(endpoint)?.isAlive()) await sleep(1);
    },
    async restart() {
      for (const endpoint of ENDPOINTS.slice(0, 2)) {
        if (stdio.get(endpoint)?.isAlive()) continue;
        const dead = stdio.get(endpoint);
        if (dead) logs.push(dead.log());
        const wire = await connectRawStdio(server.env, { era: eraOf(endpoint), client: 'soak' });
        stdio.set(endpoint, wire);
        add(endpoint, wire);
      }
      if (!isDead()) return;
      if (program) logs.push(program.stderr());
      for (const endpoint of ENDPOINTS.slice(2)) await wires.get(endpoint)?.close();
      program = await startHttpProgram(server.env);
      for (const endpoint of ENDPOINTS.slice(2)) {
        add(endpoint, await connectRawHttp(program.url, TOKENS.agent, { era: eraOf(endpoint), client: 'soak' }));
      }
    },
    newOutput: () => ({
      lines: [...wires.values()].flatMap((wire) => fresh(wire, wire.lines)),
      logs: [...logs.splice(0), ...[...stdio.values()].map((wire) => wire.log()), program?.stderr() ?? ''],
    }),
    intents(provider, user) {
      const rows = query.all(provider, user) as { change_id: string; body: string }[];
      return rows.map((row) => {
        const { reason, rule, fields } = JSON.parse(row.body) as Body;
        return { changeId: row.change_id, reason, rule, fields: fields.map(({ field }) => field) };
      });
    },
    storeTexts: () => storeTexts(server.storePath),
    async stop() {
      for (const wire of wires.values()) await Promise.race([wire.close(), sleep(5000)]);
      program?.process.kill('SIGKILL');
      await program?.exit;
      database.close();
      await store.stop();
      await server.stop();
    },
  };
  await system.restart();
  return system;
}

async function answerAll(wire: AnyClient, onAsked: OnAsked): Promise<void> {
  try {
    for (;;) {
      const { id, params } = await wire.nextRequest();
      const result = onAsked(String(params?.['message']), params?.['requestedSchema']);
      wire.send({ jsonrpc: '2.0', id, result });
    }
  } catch {
    // The program was killed, and its questions with it.
  }
}
