import type { Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { decodeText } from './response-text.ts';
import { TransportError } from './transport-error.ts';

/** Takes in a body as it arrives, decompressed, and hands it out as text. */
export interface BodyCollector {
  /** Answers whether more may come at once; if not, `onDrain` says when. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** Lets go of the decompressor, wherever it is. */
  destroy(): void;
}

export interface BodyListener {
  /** Undefined where the bytes are not in the encoding they should be in. */
  onText(text: string | undefined): void;
  onError(error: TransportError): void;
  onDrain(): void;
}

/** `content-encoding` and `content-type` of an answer. */
export interface BodyFormat {
  encoding: string | undefined;
  type: string | undefined;
}

/**
 * A collector of at most `maxBytes`. The bound counts what comes out of the decompressor: 50 MB of zeros are 50 KB on
 * the wire. Throws a TransportError for a content coding nobody asked for.
 */
export function collectBody(format: BodyFormat, maxBytes: number, listener: BodyListener): BodyCollector {
  const { encoding, type } = format;
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer): boolean => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else listener.onError(new TransportError('oversized', true));
    return true;
  };
  const end = () => listener.onText(decodeText(Buffer.concat(chunks), type));
  if (encoding === undefined || encoding === '' || encoding === 'identity') {
    return { write: take, end, destroy: () => {} };
  }
  const decoder = decoderFor(encoding);
  decoder.on('data', take).on('end', end).on('drain', listener.onDrain);
  decoder.on('error', (cause) => listener.onError(new TransportError('broken', true, { cause })));
  return {
    write: (chunk) => decoder.write(chunk),
    end: () => void decoder.end(),
    destroy: () => void decoder.destroy(),
  };
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
      throw new TransportError('broken', true);
  }
}
