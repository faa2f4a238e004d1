/**
 * Bytes put together in one piece. What is sent byte by byte would cost a hundred times its size in pieces; and a piece
 * twice as large each time keeps all the copying linear.
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

  /** All of it; valid until more is appended. */
  contents(): Buffer {
    return this.bytes.subarray(0, this.filled);
  }
}
