import { setTimeout as sleep } from 'node:timers/promises';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { type HttpProgram, startHttpProgram } from '../../support/http/program.ts';
import { connectRawHttp } from '../../support/json-rpc/http.ts';
import { connectRawStdio, type Era, type RawClient } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/stdio-server.ts';
import { storeTexts } from '../../support/store/files.ts';
import { TOKENS, withTokens } from '../../support/transports.ts';
import { RULES } from './requests.ts';

/** Three programs on one store, four ways into them, five vendors behind, and an eye on what leaves. */

export const WAYS = ['stdio 2026', 'stdio 2025', 'http 2026', 'http 2025'] as const;
export type Way = (typeof WAYS)[number];
export const eraOf = (way: Way): Era => (way.endsWith('2026') ? '2026' : '2025');
type AnyWire = Omit<RawClient, 'log' | 'isAlive' | 'kill'>;
/** A question put to a client of 2025, and what it answers. */
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

export interface World {
  server: StdioServer;
  store: Store;
  wire(way: Way): AnyWire;
  /** `kill -9` of the program behind it. */
  kill(way: Way): Promise<void>;
  /** Starts again what was killed. */
  revive(): Promise<void>;
  /** What was said since the last time: lines of the protocol, and the programs' logs. */
  heard(): { lines: string[]; logs: string[] };
  /** The intents that are open for a person now, read from the file itself. */
  intents(provider: string, user: string): Intent[];
  storeTexts(): string[];
  stop(): Promise<void>;
}

export async function openWorld(onAsked: OnAsked): Promise<World> {
  const server = await startStdioServer({
    config: withTokens({
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
  const wires = new Map<Way, AnyWire>();
  const stdio = new Map<Way, RawClient>();
  let program: HttpProgram | undefined;
  const heardOf = new Map<object, number>();

  const add = (way: Way, wire: AnyWire) => {
    wires.set(way, wire);
    if (eraOf(way) === '2025') void answerAll(wire, onAsked);
  };
  const isDead = () => !program || program.process.exitCode !== null || program.process.signalCode !== null;
  const fresh = <T extends object>(source: T, all: readonly string[]) => {
    const from = heardOf.get(source) ?? 0;
    heardOf.set(source, all.length);
    return all.slice(from);
  };
  const logs: string[] = [];
  const world: World = {
    server,
    store,
    wire(way) {
      const wire = wires.get(way);
      if (!wire) throw new Error(`no ${way}`);
      return wire;
    },
    async kill(way) {
      if (way.startsWith('http')) {
        program?.process.kill('SIGKILL');
        await program?.exit;
        return;
      }
      stdio.get(way)?.kill();
      while (stdio.get(way)?.isAlive()) await sleep(1);
    },
    async revive() {
      for (const way of WAYS.slice(0, 2)) {
        if (stdio.get(way)?.isAlive()) continue;
        const dead = stdio.get(way);
        if (dead) logs.push(dead.log());
        const wire = await connectRawStdio(server.env, { era: eraOf(way), client: 'soak' });
        stdio.set(way, wire);
        add(way, wire);
      }
      if (!isDead()) return;
      if (program) logs.push(program.stderr());
      for (const way of WAYS.slice(2)) await wires.get(way)?.close();
      program = await startHttpProgram(server.env);
      for (const way of WAYS.slice(2)) {
        add(way, await connectRawHttp(program.url, TOKENS.agent, { era: eraOf(way), client: 'soak' }));
      }
    },
    heard: () => ({
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
  await world.revive();
  return world;
}

async function answerAll(wire: AnyWire, onAsked: OnAsked): Promise<void> {
  try {
    for (;;) {
      const { id, params } = await wire.nextRequest();
      const result = onAsked(String(params?.['message']), params?.['requestedSchema']);
      wire.send({ jsonrpc: '2.0', id, result });
    }
  } catch {
    // The program behind it is gone, and with it whoever asked.
  }
}
