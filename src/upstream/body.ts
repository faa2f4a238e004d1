import type { Readable } from 'node:stream';
import { TransportError } from './transport-error.ts';

/**
 * Reads a body as text, decompressed, at most `maxBytes` of it. The bound counts what comes out of the decompressor:
 * 50 MB of zeros are 50 KB on the wire.
 */
export async function readBounded(body: Readable, encoding: string | undefined, maxBytes: number): Promise<string> {
  const stream = await decoded(body, encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new TransportError('oversized', true);
      chunks.push(chunk);
    }
  } finally {
    stream.destroy();
    if (stream !== body) {
      body.on('error', () => {}); // destroying a half-read body may still raise one
      body.destroy();
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function decoded(body: Readable, encoding: string | undefined): Promise<Readable> {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body;
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  const decoders: Record<string, () => NodeJS.ReadWriteStream> = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.() : undefined;
  if (!decoder) throw new TransportError('broken', true);
  const output = decoder as unknown as Readable; // each of them is a Transform
  body.on('error', (error) => output.destroy(error));
  body.pipe(decoder);
  return output;
}
