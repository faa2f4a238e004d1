import type { JsonRecord, JsonValue } from './json.ts';

/** A request as it arrived, before the vendor handled it. */
export interface RecordedRequest {
  method: string;
  /** With the query, without the `/<vendor>` prefix, still percent-encoded. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The parsed JSON body; undefined when there was none or it was not JSON. */
  body: JsonValue | undefined;
  rawBody: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Switches of a vendor's behaviour that every vendor has; all off by default, changeable at run time. */
export interface VendorOptions {
  /** With every successful write the vendor also changes this field, unasked: a top-level one, or a path of keys. */
  collateral?: { field: string | string[]; value: JsonValue } | undefined;
  /** Writes are answered as for a credential without the permission. */
  forbidden?: boolean;
  /** More requests than this in a period are answered with 429, and not processed. */
  rateLimit?: VendorRateLimit | undefined;
}

export interface VendorRateLimit {
  requests: number;
  perMs: number;
  /** The `Retry-After` of a 429; none when left out. */
  retryAfter?: number;
}

/** Which requests a fault hits, and how often. */
export interface FaultScope {
  /** Any method when left out. */
  method?: string;
  /** A string matches when the path with query contains it. */
  path?: RegExp | string;
  /** How many matching requests it hits; 1 when left out. */
  times?: number;
  /** Milliseconds to wait before processing; for `delay-after` before responding. */
  delayMs?: number;
}

export type FaultKind =
  /** Responds with this, without processing. Without `body`, the vendor's own error body for the status. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: JsonValue }
  /** The socket is destroyed before the request is processed. */
  | { kind: 'reset-before' }
  /** Processed, then the socket is destroyed without a response. */
  | { kind: 'reset-after' }
  /** Not processed, no response. */
  | { kind: 'hang' }
  /** Processed, no response. */
  | { kind: 'hang-after' }
  /** Processed after `delayMs`, even when the client has gone by then. */
  | { kind: 'delay' }
  /** Processed at once, responds after `delayMs`. */
  | { kind: 'delay-after' }
  /** 302 without processing. */
  | { kind: 'redirect'; location: string }
  /** 200 with a small gzip body of about 50 MB of valid JSON. */
  | { kind: 'gzip-bomb' }
  /** 400 in the vendor's error shape, whose text contains everything that was sent, in many encodings. */
  | { kind: 'echo' }
  /** Responds as if processed, stores nothing. */
  | { kind: 'ignore' }
  /** Another client changes the user of the path (RFC 7396 merge patch) right before processing. */
  | { kind: 'foreign-write'; patch: JsonRecord }
  /** Runs before processing; for tests in the same process. */
  | { kind: 'run'; run: (vendor: Vendor, request: RecordedRequest) => void | Promise<void> };

export type Fault = FaultScope & FaultKind;

/** A vendor's state. `Options` are the switches that only this vendor has. */
export interface Vendor<Options extends object = object, Id extends string = string> {
  readonly id: Id;
  /** The records as the vendor stores them, secrets included, by path id. */
  users: Map<string, JsonRecord>;
  /** Requests received, oldest first; the last 10,000. */
  requests: RecordedRequest[];
  /** The first fault that matches a request is applied to it. */
  faults: Fault[];
  options: VendorOptions & Partial<Options>;
  /** Restores the original people and the default options, and drops faults and recorded requests. */
  reset(): void;
}
