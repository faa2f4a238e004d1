import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as undiciFetch } from 'undici';
import { expect } from 'vitest';
import { freePort } from '../support/http/free-port.ts';
import { nginx } from '../support/program/system-tools.ts';
import { ROOT } from '../support/sources/read.ts';
import { certificates } from '../support/vendors/certificates.ts';

/** A real nginx with the configuration of deploy/, on free ports and with a certificate for `localhost`. */
export interface Nginx {
  /** `https://localhost:PORT`. */
  url: string;
  /** `http://localhost:PORT`. */
  plainUrl: string;
  /** Trusts the certificate. */
  fetch: typeof fetch;
  /** The lines of its access log. */
  accessLog(): string;
  /** What it has to say: errors, and warnings about the configuration. */
  errors(): string;
  stop(): Promise<void>;
}

export const NGINX_CONF = readFileSync(join(ROOT, 'deploy/nginx/update-user-mcp.conf'), 'utf8');

/** Puts nginx in front of servers on these ports of loopback. */
export async function startNginx(ports: readonly number[]): Promise<Nginx> {
  const dir = mkdtempSync(join(tmpdir(), 'update-user-nginx-'));
  chmodSync(dir, 0o755); // its workers are another user
  const at = (name: string) => join(dir, name);
  writeFileSync(at('tls.pem'), certificates.trusted);
  writeFileSync(at('tls.key'), certificates.key, { mode: 0o600 });
  const [plain, tls] = [await freePort(), await freePort()];
  const site = replaceEach(NGINX_CONF, [
    ['listen 80;', `listen 127.0.0.1:${plain};`],
    ['listen [::]:80;', ''],
    ['listen 443 ssl;', `listen 127.0.0.1:${tls} ssl;`],
    ['listen [::]:443 ssl;', ''],
    ['server 127.0.0.1:3600;', ports.map((port) => `server 127.0.0.1:${port};`).join(' ')],
    ['/etc/nginx/tls/users.example.com.pem', at('tls.pem')],
    ['/etc/nginx/tls/users.example.com.key', at('tls.key')],
    ['/var/log/nginx/update-user-mcp.log', at('access.log')],
  ]);
  writeFileSync(at('site.conf'), site);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${at(name)};`);
  writeFileSync(
    at('nginx.conf'),
    [
      `daemon off; pid ${at('pid')}; worker_processes 1; error_log stderr notice;`,
      `events {} http { ${paths.join(' ')} include ${at('site.conf')}; }`,
    ].join('\n'),
  );
  const child = spawn(nginx ?? '', ['-p', dir, '-c', at('nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('start worker process ')) resolve();
    });
    ended.then(() => reject(new Error(`nginx has ended: ${said}`)), reject);
  });
  const dispatcher = new Agent({ connect: { ca: certificates.authority } });
  return {
    url: `https://localhost:${tls}`,
    plainUrl: `http://localhost:${plain}`,
    // undici's own types and those of the global fetch differ in name only.
    fetch: ((url: never, init: object = {}) => undiciFetch(url, { ...init, dispatcher })) as unknown as typeof fetch,
    accessLog: () => readFileSync(at('access.log'), 'utf8'),
    errors: () => said.replaceAll(/^.*\[notice\].*\n/gm, ''),
    async stop() {
      await dispatcher.destroy();
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Each text has to be there exactly once. */
function replaceEach(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((result, [from, to]) => {
    expect(result.split(from).length, from).toBe(2);
    return result.replace(from, () => to);
  }, text);
}
