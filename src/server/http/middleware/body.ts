import type { IncomingMessage, ServerResponse } from 'node:http';
import { ByteBuffer } from '../../../lib/byte-buffer.ts';
import { errorResponse, tooManyRequests, unavailable } from '../responses.ts';
import type { BodyBudget, BodySender } from './body-budget.ts';

export interface BodyOptions {
  budget: BodyBudget;
  maxBytes: number;
  /** How long a client may send nothing in the middle of its body. Milliseconds. */
  idleMs: number;
  /** The client waits for a 100 before it sends the body (RFC 9110 section 10.1.1). */
  expectsContinue: boolean;
}

/** The body of one request. */
export interface RequestBody {
  /** Reads it, or returns the error response. Nothing is read before this is called. */
  read(sender: BodySender): Promise<Uint8Array | Response>;
  /** Returns its bytes to the budget. */
  release(): void;
}

const RETRY_SECONDS = 1;

export function createRequestBody(
  message: IncomingMessage,
  response: ServerResponse,
  { budget, maxBytes, idleMs, expectsContinue }: BodyOptions,
): RequestBody {
  let reserved: { sender: BodySender; bytes: number } | undefined;

  const reserve = (sender: BodySender, bytes: number): Response | undefined => {
    const reservation = budget.reserve(sender, bytes);
    if (reservation === 'share') return tooManyRequests(RETRY_SECONDS);
    if (reservation === 'all') return unavailable('too many request bodies at the same time', RETRY_SECONDS);
    reserved = { sender, bytes: (reserved?.bytes ?? 0) + bytes };
    return undefined;
  };
  const tooLarge = () => errorResponse(413, `the body is larger than ${maxBytes} bytes`);

  return {
    async read(sender) {
      const declared = message.headers['content-length'];
      if (declared === undefined && message.headers['transfer-encoding'] === undefined) return new Uint8Array();
      const announced = Number(declared ?? 0);
      if (announced > maxBytes) return tooLarge();
      const exceeded = reserve(sender, announced);
      if (exceeded) return exceeded;
      if (expectsContinue) response.writeContinue();
      const bytes = new ByteBuffer(declared === undefined ? FIRST_BYTES : announced);
      const data = message.iterator({ destroyOnReturn: false });
      for (;;) {
        const next = await withTimeout(data.next(), idleMs);
        if (next === 'late') return errorResponse(408, 'the body did not arrive in time', { connection: 'close' });
        if (next.done) return bytes.contents();
        const chunk: Buffer = next.value;
        if (bytes.size + chunk.length > maxBytes) return tooLarge();
        const exceeded = declared === undefined ? reserve(sender, chunk.length) : undefined;
        if (exceeded) return exceeded;
        bytes.append(chunk);
      }
    },
    release() {
      if (reserved) budget.release(reserved.sender, reserved.bytes);
      reserved = undefined;
    },
  };
}

const FIRST_BYTES = 4096;

async function withTimeout<T>(pending: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
  });
  return await Promise.race([pending, late]).finally(() => clearTimeout(timer));
}
