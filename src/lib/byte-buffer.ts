/**
 * Collects bytes in one contiguous buffer. Kept as chunks, input that arrives byte by byte would take a hundred times its
 * size. Doubling the buffer keeps the cost of copying linear.
 */
export class ByteBuffer {
  private bytes: Buffer;
  private filled = 0;

  constructor(firstBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(firstBytes);
  }

  get size(): number {
    return this.filled;
  }

  append(chunk: Uint8Array): void {
    const needed = this.filled + chunk.length;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.filled);
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.filled);
    this.filled = needed;
  }

  /** All bytes so far. Valid until the next `append`. */
  contents(): Buffer {
    return this.bytes.subarray(0, this.filled);
  }
}
