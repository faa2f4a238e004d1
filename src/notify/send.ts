import { createHmac } from 'node:crypto';
import { connectionProblem } from '../lib/connection-problem.ts';
import { TransportError } from '../upstream/errors.ts';
import { exchange } from '../upstream/http/transport.ts';
import type { NoticeTarget } from './events.ts';

/** How an attempt ended. `problem`: a word of ours or a status, never foreign text. */
export type SendResult = { ok: true } | { ok: false; problem: string; retryAfterMs?: number };

export interface NoticeMessage {
  id: string;
  body: string;
}

/** Sends one message. Never throws. */
export type Send = (target: NoticeTarget, message: NoticeMessage, signal: AbortSignal) => Promise<SendResult>;

/** How long an attempt may take, in ms. */
export const ATTEMPT_MS = 10_000;
const DROPPED_BYTES = 65_536;

export const send: Send = async (target, { id, body }, signal) => {
  const url = new URL(target.url);
  try {
    const { status, headers } = await exchange({
      method: 'POST',
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'update-user-mcp',
        ...signatureHeaders(target.key, id, body, Math.floor(Date.now() / 1000)),
      },
      body,
      signal,
      timeoutMs: ATTEMPT_MS,
      maxBytes: DROPPED_BYTES,
      dropsBody: true,
    });
    if (status >= 200 && status < 300) return { ok: true };
    const seconds = Number(headers['retry-after']);
    return { ok: false, problem: `status ${status}`, ...(seconds > 0 && { retryAfterMs: seconds * 1000 }) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
};

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-headers-sending-metadata-to-consumers */
export function signatureHeaders(
  key: Uint8Array | undefined,
  id: string,
  body: string,
  seconds: number,
): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds) };
  if (!key) return headers;
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

function problemOf(error: unknown): string {
  if (!(error instanceof TransportError)) return 'failed';
  return connectionProblem(error.cause)?.reason ?? error.problem;
}
