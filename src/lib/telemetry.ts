/**
 * Receives events to count. Pass names of providers, methods and decisions only, nothing from a user record or a caller:
 * metrics are published unredacted.
 */
export interface Telemetry {
  /** Policy decided on a planned change. */
  verdict(provider: string, decision: string): void;
  /** A batch of changes ended. */
  batch(outcome: string): void;
  /** One HTTP request to a vendor; each retry counts. `status` is 0 without a response. */
  upstream(provider: string, method: string, status: number, seconds: number): void;
  /** One request to a vendor that had to wait because the vendor said to slow down. */
  waited(provider: string, seconds: number): void;
  /** One attempt to deliver a notice, or one that was given up. */
  notice(format: string, result: 'delivered' | 'failed' | 'given_up'): void;
}
