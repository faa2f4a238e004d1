import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A real receiver of notices on loopback. It keeps what arrived, and answers as a test says. */
export interface Receiver {
  url: string;
  /** Every attempt, in the order of arrival. */
  attempts: Arrived[];
  /** Those answered with 2xx. */
  accepted(): Arrived[];
  /** Resolves when there are this many accepted ones. */
  until(count: number): Promise<Arrived[]>;
  untilAttempts(count: number): Promise<Arrived[]>;
  /** How the next attempts are answered: a status, or not at all. Without any, 204. */
  answer(...replies: Reply[]): void;
  /** Refuses connections until `listen`. */
  close(): Promise<void>;
  listen(): Promise<void>;
}

export type Reply = number | 'silence' | { status: number; headers: Record<string, string>; body?: string };

export interface Arrived {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  status: number | undefined;
}

export async function startReceiver(): Promise<Receiver> {
  const attempts: Arrived[] = [];
  let replies: Reply[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const reply = replies.shift() ?? 204;
      const { status, headers = {}, body = '' } = typeof reply === 'object' ? reply : { status: reply };
      const { method = '', url: path = '' } = request;
      const text = Buffer.concat(chunks).toString();
      attempts.push({
        method,
        path,
        headers: request.headers,
        text,
        status: status === 'silence' ? undefined : status,
      });
      if (status !== 'silence') response.writeHead(status, headers).end(body);
      for (const check of [...waiting]) check();
    });
  });
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        ({ port } = server.address() as AddressInfo);
        resolve();
      });
    });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await listen();
  onTestFinished(close);

  const accepted = () => attempts.filter(({ status = 0 }) => status >= 200 && status < 300);
  const untilThere = (read: () => Arrived[], count: number) =>
    new Promise<Arrived[]>((resolve) => {
      const check = (): void => {
        if (read().length < count) return;
        waiting.delete(check);
        resolve(read());
      };
      waiting.add(check);
      check();
    });
  return {
    url: `http://127.0.0.1:${port}/hooks/T0/B0/n0t-to-be-shown`,
    attempts,
    accepted,
    until: (count) => untilThere(accepted, count),
    untilAttempts: (count) => untilThere(() => attempts, count),
    answer(...next) {
      replies = next;
    },
    close,
    listen,
  };
}

/** The signature as the specification of Standard Webhooks says, written for this test alone. */
export function isSigned({ headers, text }: Arrived, secret: string): boolean {
  const id = String(headers['webhook-id']);
  const stamp = String(headers['webhook-timestamp']);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update([id, stamp, text].join('.')).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => {
      const [version, signature = ''] = one.split(',');
      const found = Buffer.from(signature, 'base64');
      return version === 'v1' && found.length === expected.length && timingSafeEqual(found, expected);
    });
}

export const SIGNING_SECRET = `whsec_${Buffer.from('a key of the tests, 32 bytes long').toString('base64')}`;
