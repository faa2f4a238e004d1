import type { PersonFacts, PersonKey } from './cast.ts';
import { isObject, type JsonRecord, type JsonValue } from './json.ts';
import type { RecordedRequest, Vendor } from './types.ts';

/** A vendor's response. Without `body` it is empty. */
export interface VendorResponse {
  status: number;
  body?: JsonValue;
  headers?: Record<string, string>;
}

/** A request to a vendor while it is handled. */
export interface VendorRequest extends RecordedRequest {
  pathname: string;
  query: URLSearchParams;
  /** Base URL of this vendor as the client sees it. */
  baseUrl: string;
}

export interface VendorRoute<Options extends object = object> {
  method: 'GET' | 'PUT' | 'PATCH' | 'POST';
  /** Segments with a colon are parameters: `/users/:id`. List a literal route before the patterns it would match. */
  path: string;
  /** What a request other than GET carries: `json` when left out; a `form` is read with {@link formOf}. */
  body?: 'json' | 'form' | 'nothing';
  /** A token endpoint: it takes no API credential, and `forbidden` does not concern it. */
  open?: true;
  handle(request: VendorRequest, vendor: Vendor<Options>, params: Record<string, string>): VendorResponse;
}

/** The people at a vendor when it starts. */
export interface VendorPeople {
  /** Path ids. */
  ids: Readonly<Record<PersonKey, string>>;
  /** The record as the vendor holds it, secrets included. `index` counts from 0. */
  toRecord(person: PersonFacts, index: number): JsonRecord;
}

/** Changes of Jane's record that the demo makes, each the `set` of an update call. */
export interface VendorDemo {
  /** A harmless change. */
  change: JsonRecord;
  /** A sentence that says the write did not damage what a careless write would. */
  trap: string;
  /** Her new last name, where the scene of one person at every vendor includes this one. */
  renamed?: JsonRecord;
  /** Scenes that need one vendor only; the first that has one is shown. */
  scenes?: {
    /** A file of many people. */
    file?: FileScene;
    /** A personal field; the person declines. */
    declined?: JsonRecord;
    /** A lifecycle field; the name has to be typed. */
    typed?: JsonRecord;
    /** A personal field; the client cannot ask. */
    unconfirmed?: JsonRecord;
    /** The vendor also sets `field` to `value`, unasked. */
    collateral?: { change: JsonRecord; field: string; value: JsonValue };
  };
}

/** The vendor of a file that changes many people. */
export interface FileScene {
  /** A field of ordinary effect, and one that locks people out, as columns of the file. */
  columns: [ordinary: string, lifecycle: string];
  locked: string;
  /** The record of one more person; `nth` counts from 1. */
  person(nth: number): { id: string; record: JsonRecord };
  /** Where the record holds the ordinary field. */
  valueIn(record: JsonRecord): JsonValue | undefined;
  /** The request that writes, and the status it ends with if someone else changed the record since it was read. */
  conflict: { method: string; status: number };
}

/** One vendor's HTTP interface, written from the vendor's documents only. */
export interface VendorDefinition<
  Id extends string = string,
  Credentials extends object = object,
  Options extends object = object,
> {
  /** The path prefix in the sandbox, and the id of the provider under test. */
  id: Id;
  credentials: Credentials;
  /** The environment that connects update-user-mcp to this vendor at this base URL. */
  env(baseUrl: string): Record<string, string>;
  people: VendorPeople;
  /** Throws a {@link Rejection} for a request without a valid credential. Not called for open routes. */
  authorize(request: VendorRequest, vendor: Vendor<Options>): void;
  /** The response to a credential that may not write. */
  forbidden: VendorResponse;
  routes: readonly VendorRoute<Options>[];
  /** An error in this vendor's shape, for requests without a route of their own: 404, 405, 415, faults. */
  error(status: number, message: string): VendorResponse;
  /** The media types taken for a JSON body, in lower case; every JSON type when left out. All others are a 415. */
  accepts?(vendor: Vendor<Options>): readonly string[];
  /** The response to a body that is not JSON, if that is not a plain 400. */
  malformed?: VendorResponse;
  /** Updates the version and timestamps of a record, as any edit at the vendor does. */
  touch?(record: JsonRecord): void;
  /** Runs last on every response: rate-limit headers, envelopes. */
  finish?(response: VendorResponse, request: VendorRequest, vendor: Vendor<Options>): VendorResponse;
  demo: VendorDemo;
  /** The switches that only this vendor has, with their defaults. */
  options?: Options;
}

/** Defines a vendor. Checks the literal, and keeps the types of its id, credentials and options. */
export function defineVendor<
  const Id extends string,
  const Credentials extends object,
  Options extends object = object,
>(definition: VendorDefinition<Id, Credentials, Options>): VendorDefinition<Id, Credentials, Options> {
  return definition;
}

/** Thrown by a handler to answer at once; the server sends `reply`. */
export class Rejection extends Error {
  readonly reply: VendorResponse;
  constructor(reply: VendorResponse) {
    super(`rejected with ${reply.status}`);
    this.reply = reply;
  }
}

/** Stores a written record and applies the `collateral` option. Returns what is stored. */
export function commit(vendor: Vendor, id: string, record: JsonRecord): JsonRecord {
  const { collateral } = vendor.options;
  const stored = collateral ? withValue(record, [collateral.field].flat(), collateral.value) : record;
  vendor.users.set(id, stored);
  return stored;
}

function withValue(record: JsonRecord, [key = '', ...rest]: readonly string[], value: JsonValue): JsonRecord {
  const inner = record[key];
  const next = rest.length === 0 ? structuredClone(value) : withValue(isObject(inner) ? inner : {}, rest, value);
  return { ...record, [key]: next };
}

/** The fields of a body of type `application/x-www-form-urlencoded`. */
export function formOf(request: VendorRequest): URLSearchParams {
  return new URLSearchParams(request.rawBody);
}

/** The body as an object, or a rejection made by `error`. */
export function bodyObject(request: VendorRequest, error: () => VendorResponse): JsonRecord {
  if (!isObject(request.body)) throw new Rejection(error());
  return request.body;
}

/** A page number or size from the query; undefined for anything but a positive integer. */
export function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
