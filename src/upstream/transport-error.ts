/**
 * What went wrong on the way. `sent` tells whether the request may have reached the vendor: only where it is false
 * may a write be sent again.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly sent: boolean;
  readonly problem: 'unreachable' | 'timeout' | 'broken' | 'oversized';

  constructor(problem: TransportError['problem'], sent: boolean, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
    this.sent = sent;
  }
}
