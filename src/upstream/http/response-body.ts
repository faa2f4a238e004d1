import type { Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { decodeUtf8 } from '../../lib/text/utf8.ts';
import { TransportError } from '../errors.ts';

/** Collects a response body as it arrives, decompresses it and decodes it to text. */
export interface BodyCollector {
  /** Returns whether more may follow at once; if not, `onDrain` says when. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** Releases the decompressor, in any state. */
  destroy(): void;
}

export interface BodyListener {
  /** Undefined if the bytes are not text in the declared encoding. */
  onText(text: string | undefined): void;
  onError(error: TransportError): void;
  onDrain(): void;
}

/** `content-encoding` and `content-type` of a response. */
export interface BodyFormat {
  encoding: string | undefined;
  type: string | undefined;
}

/**
 * A collector of at most `maxBytes`. The bound applies to the decompressed body: 50 MB of zeros are 50 KB on the wire.
 * Throws a TransportError for a content coding that was not asked for.
 */
export function collectBody(format: BodyFormat, maxBytes: number, listener: BodyListener): BodyCollector {
  const { encoding, type } = format;
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer): boolean => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else listener.onError(new TransportError('oversized', { sent: true }));
    return true;
  };
  const end = () => listener.onText(decodeText(joined(chunks), type));
  if (encoding === undefined || encoding === '' || encoding === 'identity') {
    return { write: take, end, destroy: () => {} };
  }
  const decoder = decoderFor(encoding);
  decoder.on('data', take).on('end', end).on('drain', listener.onDrain);
  decoder.on('error', (cause) => listener.onError(new TransportError('broken', { sent: true, cause })));
  return {
    write: (chunk) => decoder.write(chunk),
    end: () => void decoder.end(),
    destroy: () => void decoder.destroy(),
  };
}

/** Most bodies arrive in one chunk, which needs no copy. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

function decoderFor(encoding: string): Duplex {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new TransportError('broken', { sent: true });
  }
}

/** Charsets whose non-ASCII characters are written in ASCII bytes, so that they pass as UTF-8: the declaration wins. */
const LOOKS_LIKE_ASCII = /^(?:iso-2022|utf-16|utf-7|hz-gb|x-user-defined)/;

/**
 * The text of a response without its byte order mark, or undefined if the bytes cannot be decoded with certainty. JSON is
 * UTF-8 whatever `charset` says (RFC 8259 sections 8.1 and 11), and many servers declare ISO-8859-1 for everything, so a
 * declared charset counts only for bytes that are not UTF-8. A character lost here would be lost when it is written back.
 */
function decodeText(bytes: Uint8Array, contentType: string | undefined): string | undefined {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1]?.toLowerCase();
  const asDeclared = () => (charset === undefined ? undefined : decodeAs(charset, bytes));
  if (charset !== undefined && LOOKS_LIKE_ASCII.test(charset)) return asDeclared();
  const { text, exact } = decodeUtf8(bytes);
  return exact ? text : asDeclared();
}

/** Undefined also for a charset that this platform does not know. */
function decodeAs(charset: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A body that nobody reads. */
export interface DroppedBody {
  take(bytes: number): void;
  end(): void;
}

const DROP_MS = 1000;

/** Calls `abort` for a body that is longer than `maxBytes` or takes longer than a second. */
export function dropBody(maxBytes: number, abort: () => void): DroppedBody {
  const timer = setTimeout(abort, DROP_MS).unref();
  let rest = maxBytes;
  return {
    take(bytes) {
      rest -= bytes;
      if (rest < 0) abort();
    },
    end: () => clearTimeout(timer),
  };
}
