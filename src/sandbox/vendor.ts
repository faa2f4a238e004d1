import { type Call, Refusal, type Reply, type VendorApi } from './api.ts';
import { clone, type JsonRecord, mergePatch, toJson } from './json.ts';
import { matchRoute } from './router.ts';
import type { Vendor } from './types.ts';

/** A vendor with its state and its behaviour. */
export interface LiveVendor extends Vendor {
  readonly api: VendorApi;
}

/** Makes a vendor with its original people. */
export function createVendor(api: VendorApi): LiveVendor {
  const vendor: LiveVendor = {
    id: api.id,
    api,
    users: new Map(api.people()),
    requests: [],
    faults: [],
    options: {},
    // In place: whoever holds `users`, `faults` or `options` still holds the right ones afterwards.
    reset() {
      vendor.users.clear();
      for (const [id, record] of api.people()) vendor.users.set(id, record);
      vendor.requests.length = 0;
      vendor.faults.length = 0;
      for (const key of Object.keys(vendor.options)) Reflect.deleteProperty(vendor.options, key);
    },
  };
  return vendor;
}

/** Answers one request. Synchronous, so that two writes never interleave within the vendor. */
export function respond(vendor: LiveVendor, call: Call): Reply {
  const { api } = vendor;
  let reply: Reply;
  try {
    reply = answer(vendor, call);
  } catch (error) {
    reply = error instanceof Refusal ? error.reply : api.error(500, 'Internal error of the sandbox');
  }
  // A copy: the record must not change between the answer's making and its sending.
  const answered = api.finish?.(reply, call, vendor) ?? reply;
  return answered.body === undefined ? answered : { ...answered, body: clone(answered.body) };
}

/** Answers as {@link respond} does, but leaves every record as it was. */
export function respondWithoutKeeping(vendor: LiveVendor, call: Call): Reply {
  const before = [...vendor.users].map(([id, record]): [string, JsonRecord] => [id, structuredClone(record)]);
  const reply = respond(vendor, call);
  vendor.users.clear();
  for (const [id, record] of before) vendor.users.set(id, record);
  return reply;
}

/** Somebody else's edit at the vendor. Returns the new record, undefined for an unknown id. */
export function editAtVendor(vendor: LiveVendor, id: string, patch: JsonRecord): JsonRecord | undefined {
  const held = vendor.users.get(id);
  if (!held) return undefined;
  // A merge patch of an object with an object is an object.
  const record = mergePatch(held, patch) as JsonRecord;
  vendor.api.touch?.(record);
  vendor.users.set(id, record);
  return record;
}

/** The user a path is about: the one whose id is a segment of it. */
export function userOfPath(vendor: Vendor, path: string): string | undefined {
  const segments = (path.split('?')[0] ?? '').split('/');
  return [...vendor.users.keys()].find((id) => segments.includes(encodeURIComponent(id)) || segments.includes(id));
}

function answer(vendor: LiveVendor, call: Call): Reply {
  const { api } = vendor;
  api.authorize(call);
  const match = matchRoute(api.routes, call.method, call.pathname);
  if (!match) return api.error(404, 'Not found');
  if (match === 'method') return api.error(405, 'Method not allowed');
  if (call.method !== 'GET') {
    if (vendor.options.forbidden) return api.forbidden;
    if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(call.headers['content-type'] ?? '')) {
      return api.error(415, 'Unsupported media type');
    }
    if (call.body === undefined) return api.malformed ?? api.error(400, 'The request body is not valid JSON');
  }
  return match.route.run(call, vendor, match.params);
}

/** The bytes of a reply's body and the headers that go with it. */
export function encodeReply(reply: Reply): { headers: Record<string, string>; text: string } {
  if (reply.body === undefined) return { headers: reply.headers ?? {}, text: '' };
  const type = reply.headers?.['content-type'] ?? 'application/json; charset=utf-8';
  return { headers: { ...reply.headers, 'content-type': type }, text: toJson(reply.body) };
}
