import { isObject, type JsonRecord, type JsonValue } from './json.ts';
import type { RecordedRequest, Vendor, VendorId } from './types.ts';

/** What a vendor answers. Without `body` the answer is empty. */
export interface Reply {
  status: number;
  body?: JsonValue;
  headers?: Record<string, string>;
}

/** A request on its way through a vendor. */
export interface Call extends RecordedRequest {
  pathname: string;
  query: URLSearchParams;
  /** Base URL of this vendor as the client sees it. */
  baseUrl: string;
}

export interface Route {
  method: 'GET' | 'PUT';
  /** Segments with a colon are parameters: `/users/:id`. Literal routes stand before those they would match. */
  path: string;
  run(call: Call, vendor: Vendor, params: Record<string, string>): Reply;
}

/** Everything one vendor's HTTP interface does. Written from the vendor's documents only. */
export interface VendorApi {
  id: VendorId;
  /** The people at start, by path id; new objects at every call. */
  people(): Array<[id: string, record: JsonRecord]>;
  /** Refuses (throws) a request without a valid credential. */
  authorize(call: Call): void;
  /** What a credential that may not write gets. */
  forbidden: Reply;
  routes: Route[];
  /** An error in this vendor's shape, for what has no route of its own: 404, 405, 415, faults. */
  error(status: number, message: string): Reply;
  /** What a body that is no JSON gets, where that is not a plain 400. */
  malformed?: Reply;
  /** Moves the marks of a change (version, time stamp), as any edit at the vendor does. */
  touch?(record: JsonRecord): void;
  /** The last word on every answer: rate-limit headers, envelopes. */
  finish?(reply: Reply, call: Call, vendor: Vendor): Reply;
}

/** Thrown by handlers to answer at once; the server sends `reply`. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

/** Stores a written record; this is where `collateral` strikes. Returns the record as it is held now. */
export function commit(vendor: Vendor, id: string, record: JsonRecord): JsonRecord {
  const { collateral } = vendor.options;
  const held = collateral ? { ...record, [collateral.field]: structuredClone(collateral.value) } : record;
  vendor.users.set(id, held);
  return held;
}

/** The body as an object, or a refusal made by `error`. */
export function bodyObject(call: Call, error: () => Reply): JsonRecord {
  if (!isObject(call.body)) throw new Refusal(error());
  return call.body;
}

/** A page number or size from the query; anything but a positive integer is undefined. */
export function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
