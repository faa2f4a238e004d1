import type { JsonRecord, JsonValue } from './json.ts';

export type VendorId = 'atomicwork' | 'awork' | 'atlassian' | 'dayzero' | 'mediasilo';

/** A request as it arrived, before the vendor looked at it. */
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

/** Switches of a vendor's behaviour; all off by default, changeable at run time. */
export interface VendorOptions {
  /** On every successful PUT the vendor also changes this top-level field, which nobody asked for. */
  collateral?: { field: string; value: JsonValue } | undefined;
  /** Writes are answered as for a credential without the permission. */
  forbidden?: boolean;
  /** atomicwork: references are read as `{ id, name }` instead of a bare id. */
  objectRefs?: boolean;
  /** atomicwork: reads are wrapped into `{ data }`. */
  dataEnvelope?: boolean;
  /** atlassian: ETags are announced, sent and honoured. */
  etag?: boolean;
  /** atlassian: a primary e-mail outside these domains costs the user all groups and the account link. */
  verifiedDomains?: string[] | undefined;
  /** dayzero: successes are wrapped into `{ success, message, code, data }`. */
  envelope?: boolean;
  /** mediasilo: PUT answers with the user instead of an empty body. */
  putBody?: boolean;
}

/** Which requests a fault hits, and how often. */
export interface FaultScope {
  /** Any method when left out. */
  method?: string;
  /** A string matches when the path with query contains it. */
  path?: RegExp | string;
  /** How many matching requests it hits; 1 when left out. */
  times?: number;
  /** Waited before processing; for `delay-after` before answering. */
  delayMs?: number;
}

export type FaultKind =
  /** Answers this without processing. Without `body`, the vendor's own error body for the status. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: JsonValue }
  /** The socket is destroyed before the request is processed. */
  | { kind: 'reset-before' }
  /** Processed, then the socket is destroyed without an answer. */
  | { kind: 'reset-after' }
  /** Not processed, never answered. */
  | { kind: 'hang' }
  /** Processed, never answered. */
  | { kind: 'hang-after' }
  /** Processed after `delayMs`, even when the client has gone by then. */
  | { kind: 'delay' }
  /** Processed at once, answered after `delayMs`. */
  | { kind: 'delay-after' }
  /** 302 without processing. */
  | { kind: 'redirect'; location: string }
  /** 200 with a small gzip body of about 50 MB of valid JSON. */
  | { kind: 'gzip-bomb' }
  /** 400 in the vendor's error shape, whose text holds everything that was sent, in many encodings. */
  | { kind: 'echo' }
  /** Answers as if processed, keeps nothing. */
  | { kind: 'ignore' }
  /** Somebody else changes the user of the path (RFC 7396 merge patch) right before processing. */
  | { kind: 'foreign-write'; patch: JsonRecord }
  /** Runs before processing; for tests in the same process. */
  | { kind: 'run'; run: (vendor: Vendor, request: RecordedRequest) => void | Promise<void> };

export type Fault = FaultScope & FaultKind;

export interface Vendor {
  id: VendorId;
  /** The records as the vendor holds them, secrets included, by path id. */
  users: Map<string, JsonRecord>;
  /** What arrived, oldest first; the last 10,000. */
  requests: RecordedRequest[];
  /** The first fault that matches a request is applied to it. */
  faults: Fault[];
  options: VendorOptions;
  /** Original people, no faults, no recorded requests, default options. */
  reset(): void;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT` */
  url: string;
  port: number;
  /** The environment variables that connect update-user-mcp to all five. */
  env: Record<string, string>;
  vendors: Record<VendorId, Vendor>;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}
