import { usageOf } from '../client.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import { ours, type Surroundings } from '../subjects/servers.ts';
import { call, type HttpServer, serve } from './http.ts';

const NONE = 'no idle session';
const MANY = '200 idle sessions';

/** What idle 2025-era sessions cost the active ones. */
export async function measureSessions(surroundings: Surroundings, rounds: number): Promise<Row[]> {
  const served: HttpServer[] = [];
  try {
    for (const name of [NONE, MANY]) {
      served.push(await serve(ours(surroundings, { store: 'file', args: ['http', '--port', '0'], name })));
    }
    const [, crowded] = served;
    for (let nth = 0; crowded && nth < 200; nth++) await openSession(crowded, nth);
    const latency = new Map<string, number[]>();
    const memory = new Map<string, number[]>();
    let nth = 0;
    for (let round = 0; round <= rounds; round++) {
      for (const one of served) {
        for (let at = 0; at < 50; at++) {
          const began = performance.now();
          await call(one, `person-${at}`, nth++);
          if (round > 0) add(latency, one.subject.name, performance.now() - began);
        }
        const used = usageOf(one.pid);
        if (round > 0 && used) add(memory, one.subject.name, used.rssMb);
      }
    }
    return [
      ...rowsOf('idle sessions over HTTP: p50 of an update', 'ms', latency, NONE),
      ...rowsOf('idle sessions over HTTP: memory (RSS)', 'MB', memory, NONE),
    ];
  } finally {
    for (const one of served) one.stop();
  }
}

async function openSession({ pool }: HttpServer, nth: number): Promise<void> {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: `idle-${nth}`, version: '1.0' },
  };
  const { statusCode, headers, body } = await pool.request({
    method: 'POST',
    path: '/mcp',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: nth, method: 'initialize', params }),
  });
  await body.text();
  if (statusCode !== 200 || !headers['mcp-session-id']) throw new Error(`session ${nth}: ${statusCode}`);
}
