/**
 * Told what happens, by whoever counts it. Names of providers, methods and decisions only: nothing that comes from a
 * record or a caller may be handed in, since what is counted is published without a second look.
 */
export interface Telemetry {
  /** What policy says of a planned change; once for every time it is asked. */
  verdict(provider: string, decision: string): void;
  /** One HTTP exchange with a vendor, retries each for themselves. `status` is 0 where no answer came. */
  upstream(provider: string, method: string, status: number, seconds: number): void;
}
