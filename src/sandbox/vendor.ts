import { cast } from './cast.ts';
import {
  Rejection,
  type VendorDefinition,
  type VendorRequest,
  type VendorResponse,
  type VendorRoute,
} from './define-vendor.ts';
import { matchRoute } from './http/router.ts';
import { clone, type JsonRecord, mergePatch, toJson } from './json.ts';
import type { Vendor } from './types.ts';

/** A vendor with its state and its behaviour. */
export interface LiveVendor extends Vendor {
  readonly definition: VendorDefinition;
}

/** Creates a vendor with its original people. */
export function createVendor(definition: VendorDefinition): LiveVendor {
  const vendor: LiveVendor = {
    id: definition.id,
    definition,
    users: new Map(originalRecords(definition)),
    requests: [],
    faults: [],
    options: {},
    // In place: a reference to `users`, `faults` or `options` taken before is still valid afterwards.
    reset() {
      vendor.users.clear();
      for (const [id, record] of originalRecords(definition)) vendor.users.set(id, record);
      vendor.requests.length = 0;
      vendor.faults.length = 0;
      for (const key of Object.keys(vendor.options)) Reflect.deleteProperty(vendor.options, key);
    },
  };
  return vendor;
}

/** The people of a vendor at its start, by path id; new objects with every call. */
export function originalRecords({ people }: VendorDefinition): [id: string, record: JsonRecord][] {
  return cast.map((person, index) => [people.ids[person.key], structuredClone(people.toRecord(person, index))]);
}

/** Responds to one request. Synchronous, so that two writes never interleave within the vendor. */
export function respond(vendor: LiveVendor, request: VendorRequest): VendorResponse {
  const { definition } = vendor;
  let reply: VendorResponse;
  try {
    reply = dispatch(vendor, request);
  } catch (error) {
    reply = error instanceof Rejection ? error.reply : definition.error(500, 'Internal error of the sandbox');
  }
  const finished = definition.finish?.(reply, request, vendor) ?? reply;
  // A copy: the record may change before the response is sent.
  return finished.body === undefined ? finished : { ...finished, body: clone(finished.body) };
}

/** Responds as {@link respond} does, but leaves every record as it was. */
export function respondWithoutKeeping(vendor: LiveVendor, request: VendorRequest): VendorResponse {
  const before = [...vendor.users].map(([id, record]): [string, JsonRecord] => [id, structuredClone(record)]);
  const reply = respond(vendor, request);
  vendor.users.clear();
  for (const [id, record] of before) vendor.users.set(id, record);
  return reply;
}

/** Edits a record as another client of the vendor would. Returns the new record, undefined for an unknown id. */
export function editAtVendor(vendor: LiveVendor, id: string, patch: JsonRecord): JsonRecord | undefined {
  const stored = vendor.users.get(id);
  if (!stored) return undefined;
  // A merge patch of an object with an object is an object.
  const record = mergePatch(stored, patch) as JsonRecord;
  vendor.definition.touch?.(record);
  vendor.users.set(id, record);
  return record;
}

/** The user of a path: the one whose id is a segment of the path. */
export function userOfPath(vendor: Vendor, path: string): string | undefined {
  const segments = (path.split('?')[0] ?? '').split('/');
  return [...vendor.users.keys()].find((id) => segments.includes(encodeURIComponent(id)) || segments.includes(id));
}

function dispatch(vendor: LiveVendor, request: VendorRequest): VendorResponse {
  const { definition } = vendor;
  const match = matchRoute(definition.routes, request.method, request.pathname);
  const route = typeof match === 'object' ? match.route : undefined;
  if (!route?.open) definition.authorize(request, vendor);
  if (!match) return definition.error(404, 'Not found');
  if (match === 'method') return definition.error(405, 'Method not allowed');
  if (request.method !== 'GET') {
    if (vendor.options.forbidden && !match.route.open) return definition.forbidden;
    const refusal = refuseBody(vendor, request, match.route);
    if (refusal) return refusal;
  }
  return match.route.handle(request, vendor, match.params);
}

/** The response to a body of another type than the route takes; undefined when it is right. */
function refuseBody(vendor: LiveVendor, request: VendorRequest, { body = 'json' }: VendorRoute) {
  const { definition } = vendor;
  if (body === 'nothing') return undefined;
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const accepted = body === 'form' ? ['application/x-www-form-urlencoded'] : definition.accepts?.(vendor);
  if (!(accepted?.includes(type) ?? /^application\/(?:[\w.-]+\+)?json$/.test(type))) {
    return definition.error(415, 'Unsupported media type');
  }
  if (body === 'form' || request.body !== undefined) return undefined;
  return definition.malformed ?? definition.error(400, 'The request body is not valid JSON');
}

/** The headers and the body text of a reply. */
export function encodeReply(reply: VendorResponse): { headers: Record<string, string>; text: string } {
  if (reply.body === undefined) return { headers: reply.headers ?? {}, text: '' };
  const type = reply.headers?.['content-type'] ?? 'application/json; charset=utf-8';
  return { headers: { ...reply.headers, 'content-type': type }, text: toJson(reply.body) };
}
