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
      const failed = await receive(message, idleMs, (part) => {
        if (bytes.size + part.length > maxBytes) return tooLarge();
        const exceeded = declared === undefined ? reserve(sender, part.length) : undefined;
        if (!exceeded) bytes.append(part);
        return exceeded;
      });
      return failed ?? bytes.contents();
    },
    release() {
      if (reserved) budget.release(reserved.sender, reserved.bytes);
      reserved = undefined;
    },
  };
}

const FIRST_BYTES = 4096;

/**
 * Passes on the parts of a body to its end, or until `take` returns a response, or until nothing came for a while. With
 * events and one timer, since an async iterator and a timer for each part cost as much as parsing a short body.
 */
function receive(
  message: IncomingMessage,
  idleMs: number,
  take: (part: Buffer) => Response | undefined,
): Promise<Response | undefined> {
  return new Promise((resolve, reject) => {
    const idle = setTimeout(
      () => stop(errorResponse(408, 'the body did not arrive in time', { connection: 'close' })),
      idleMs,
    );
    const stop = (response?: Response) => {
      clearTimeout(idle);
      message.off('data', onData).pause();
      resolve(response);
    };
    const onData = (part: Buffer) => {
      idle.refresh();
      const response = take(part);
      if (response) stop(response);
    };
    message.on('data', onData);
    message.once('end', () => stop());
    message.once('error', (error) => {
      clearTimeout(idle);
      reject(error);
    });
  });
}
