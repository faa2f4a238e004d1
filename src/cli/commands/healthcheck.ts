import { Agent, type IncomingMessage, request } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import { UsageError } from '../../errors.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';

interface HealthcheckOptions {
  host: string;
  port: string;
  live?: boolean;
  json?: boolean;
}

/** The server gives its own check of store and key 3 seconds; what is left of the 10 is for starting this program. */
const DEADLINE_MS = 6000;

/** Where a server that listens on every address is reached from its own machine. */
const LOOPBACK: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Prints one line that says whether the server is healthy, and if not, why. Throws a UsageError. */
export async function run({ values }: Called<HealthcheckOptions>): Promise<number> {
  const target = { host: toHost(values.host), port: Number(values.port), path: values.live ? '/healthz' : '/readyz' };
  const url = `http://${isIPv6(target.host) ? `[${target.host}]` : target.host}:${target.port}${target.path}`;
  const problem = await findProblem(target);
  if (values.json) print(JSON.stringify({ ok: problem === undefined, url, ...(problem !== undefined && { problem }) }));
  else if (problem === undefined) print(`${url}: healthy`);
  else process.stderr.write(`update-user-mcp: ${url}: ${problem}\n`);
  return problem === undefined ? 0 : 1;
}

function toHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !/^\w([\w.-]*\w)?\.?$/.test(host)) {
    throw new UsageError('--host: expected a host name or an address, without scheme and port');
  }
  // In its shortest form: `0:0:0:0:0:0:0:0` is `::`.
  const plain = isIPv6(host) && !host.includes('%') ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
  return LOOPBACK[plain] ?? plain;
}

/** What is wrong with the server, undefined if nothing is. Follows no redirect, and reads no more than the first bytes. */
async function findProblem(target: { host: string; port: number; path: string }): Promise<string | undefined> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  return await new Promise((resolve) => {
    // An agent of its own uses no proxy, also where NODE_USE_ENV_PROXY gives the global one to all requests.
    const sent = request({ ...target, agent: new Agent(), signal });
    sent.on('response', (response) => {
      void answerProblem(response)
        .catch(() => undefined) // `error` or `close` says why
        .then((answer) => {
          if (answer) resolve(answer.problem);
          sent.destroy();
        });
    });
    // Without a listener Node would close such a connection with no event but `close`.
    sent.on('upgrade', (response) => {
      resolve(statusProblem(response.statusCode ?? 0));
      sent.destroy();
    });
    sent.on('error', (error) =>
      resolve(signal.aborted ? `no answer within ${DEADLINE_MS / 1000} s` : toProblem(error)),
    );
    sent.on('close', () => resolve('the connection was closed without an answer'));
    sent.end();
  });
}

/** What a healthy server answers. Any other service may answer 200, for example with a page. */
const HEALTHY = 'ok';

async function answerProblem(response: IncomingMessage): Promise<{ problem: string | undefined }> {
  const problem = statusProblem(response.statusCode ?? 0);
  if (problem !== undefined) return { problem };
  let start = '';
  for await (const chunk of response.setEncoding('latin1')) {
    start += String(chunk);
    if (start.length > HEALTHY.length + 1) break;
  }
  return { problem: start.trim() === HEALTHY ? undefined : notOurs('200 and something else') };
}

function notOurs(answer: string): string {
  return `it answers ${answer}, which is not what an update-user-mcp server answers there; check --host and --port`;
}

function statusProblem(status: number): string | undefined {
  if (status === 200) return undefined;
  if (status === 503) return 'it answers 503: its store or key cannot be used, or it is stopping; its log says which';
  return notOurs(String(status));
}

function toProblem(error: NodeJS.ErrnoException): string {
  const code = error.code ?? error.name;
  if (code === 'ECONNREFUSED') return `nothing listens there (${code})`;
  if (code.startsWith('HPE_')) return `what listens there does not speak HTTP (${code})`;
  return `it cannot be reached (${code})`;
}
