import type { IncomingMessage, ServerResponse } from 'node:http';
import { ByteBuffer } from '../../../lib/byte-buffer.ts';
import { refusal, tooMany, unavailable } from '../responses.ts';
import type { BodyBudget, BodyHolder } from './body-budget.ts';

export interface BodyLimits {
  budget: BodyBudget;
  maxBytes: number;
  /** How long a client may send nothing in the middle of its body. Milliseconds. */
  idleMs: number;
}

/** The body of one exchange. */
export interface Body {
  /** Reads it, or answers with the refusal. Nothing is read before this is called. */
  read(holder: BodyHolder): Promise<Uint8Array | Response>;
  /** Gives its bytes back to the budget. */
  release(): void;
}

const RETRY_SECONDS = 1;

/** `expectsContinue`: the client waits for a 100 before it sends anything (RFC 9110 section 10.1.1). */
export function bodyOf(
  message: IncomingMessage,
  response: ServerResponse,
  limits: BodyLimits,
  expectsContinue: boolean,
): Body {
  const { budget, maxBytes, idleMs } = limits;
  let taken: { holder: BodyHolder; bytes: number } | undefined;

  const take = (holder: BodyHolder, bytes: number): Response | undefined => {
    const verdict = budget.take(holder, bytes);
    if (verdict === 'share') return tooMany(RETRY_SECONDS);
    if (verdict === 'all') return unavailable('too many bodies are being received', RETRY_SECONDS);
    taken = { holder, bytes: (taken?.bytes ?? 0) + bytes };
    return undefined;
  };
  const tooLarge = () => refusal(413, `the body is larger than ${maxBytes} bytes`);

  return {
    async read(holder) {
      const declared = message.headers['content-length'];
      if (declared === undefined && message.headers['transfer-encoding'] === undefined) return new Uint8Array();
      const announced = Number(declared ?? 0);
      if (announced > maxBytes) return tooLarge();
      const refused = take(holder, announced);
      if (refused) return refused;
      if (expectsContinue) response.writeContinue();
      const bytes = new ByteBuffer(declared === undefined ? FIRST_BYTES : announced);
      const data = message.iterator({ destroyOnReturn: false });
      for (;;) {
        const next = await inTime(data.next(), idleMs);
        if (next === 'late') return refusal(408, 'the body did not come in time', { connection: 'close' });
        if (next.done) return bytes.contents();
        const chunk: Buffer = next.value;
        if (bytes.size + chunk.length > maxBytes) return tooLarge();
        const busy = declared === undefined ? take(holder, chunk.length) : undefined;
        if (busy) return busy;
        bytes.append(chunk);
      }
    },
    release() {
      if (taken) budget.giveBack(taken.holder, taken.bytes);
      taken = undefined;
    },
  };
}

const FIRST_BYTES = 4096;

async function inTime<T>(pending: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
  });
  return await Promise.race([pending, late]).finally(() => clearTimeout(timer));
}
