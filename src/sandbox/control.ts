import type { Call, Reply } from './api.ts';
import { isObject, type JsonRecord, type JsonValue } from './json.ts';
import type { Fault, VendorId } from './types.ts';
import { editAtVendor, type LiveVendor } from './vendor.ts';

type Vendors = Record<VendorId, LiveVendor>;

const FAULT_KEYS: Record<Exclude<Fault['kind'], 'run'>, readonly string[]> = {
  status: ['status', 'headers', 'body'],
  'reset-before': [],
  'reset-after': [],
  hang: [],
  'hang-after': [],
  delay: [],
  'delay-after': [],
  redirect: ['location'],
  'gzip-bomb': [],
  echo: [],
  ignore: [],
  'foreign-write': ['patch'],
};
const SCOPE_KEYS = ['vendor', 'kind', 'method', 'path', 'times', 'delayMs'];
const OPTION_KEYS = [
  'collateral',
  'forbidden',
  'objectRefs',
  'dataEnvelope',
  'etag',
  'verifiedDomains',
  'envelope',
  'putBody',
];

/** The remote control under `/_sandbox`, for a sandbox that runs as a process of its own. */
export function control(vendors: Vendors, call: Call): Reply {
  const [, action, vendorId, id] = call.pathname.split('/').map((part) => decodeURIComponent(part));
  switch (`${call.method} ${action}`) {
    case 'GET requests':
      // A recorded request is JSON but for an absent body.
      return perVendor(vendors, call, (vendor) =>
        vendor.requests.map((request) => ({ ...request, body: request.body ?? null })),
      );
    case 'GET users':
      return perVendor(vendors, call, (vendor) => Object.fromEntries(vendor.users));
    case 'POST faults':
      return withVendor(vendors, call.body, addFault);
    case 'POST options':
      return withVendor(vendors, call.body, setOptions);
    case 'POST reset':
      return reset(vendors, call.body);
    case 'PUT users':
      return foreignEdit(find(vendors, vendorId), id ?? '', call.body);
    default:
      return refuse(404, 'Use GET requests|users, POST faults|options|reset, PUT users/{vendor}/{id}');
  }
}

/** One vendor when the body names one, else all. */
function reset(vendors: Vendors, body: JsonValue | undefined): Reply {
  const name = isObject(body) ? body['vendor'] : undefined;
  if (name !== undefined && !find(vendors, name)) return refuse(400, `No vendor ${String(name)}`);
  for (const vendor of Object.values(vendors)) if (name === undefined || vendor.id === name) vendor.reset();
  return { status: 200, body: {} };
}

function addFault(vendor: LiveVendor, body: JsonRecord): Reply {
  const { vendor: _, ...fault } = body;
  const own =
    typeof fault['kind'] === 'string' && Object.hasOwn(FAULT_KEYS, fault['kind'])
      ? FAULT_KEYS[fault['kind'] as keyof typeof FAULT_KEYS]
      : undefined;
  if (!own) return refuse(400, `kind must be one of ${Object.keys(FAULT_KEYS).join(', ')}`);
  const unknown = Object.keys(fault).find((key) => !SCOPE_KEYS.includes(key) && !own.includes(key));
  if (unknown !== undefined) return refuse(400, `Unknown key ${unknown} for a fault of kind ${String(fault['kind'])}`);
  if (fault['kind'] === 'status' && !(Number(fault['status']) >= 200 && Number(fault['status']) <= 599)) {
    return refuse(400, 'status must be a number from 200 to 599');
  }
  if (fault['kind'] === 'redirect' && typeof fault['location'] !== 'string')
    return refuse(400, 'location must be a string');
  if (fault['kind'] === 'foreign-write' && !isObject(fault['patch'])) return refuse(400, 'patch must be an object');
  // Kind and keys were checked above; JSON can hold no RegExp and no function.
  vendor.faults.push(fault as unknown as Fault);
  return { status: 201, body: { faults: vendor.faults.length } };
}

function setOptions(vendor: LiveVendor, body: JsonRecord): Reply {
  const { vendor: _, ...options } = body;
  const unknown = Object.keys(options).find((key) => !OPTION_KEYS.includes(key));
  if (unknown !== undefined) return refuse(400, `Unknown option ${unknown}; known: ${OPTION_KEYS.join(', ')}`);
  for (const [key, value] of Object.entries(options)) {
    if (value === null) Reflect.deleteProperty(vendor.options, key);
    else Object.assign(vendor.options, { [key]: value });
  }
  return { status: 200, body: Object.fromEntries(Object.entries(vendor.options)) as JsonRecord };
}

function foreignEdit(vendor: LiveVendor | undefined, id: string, patch: JsonValue | undefined): Reply {
  if (!vendor || !isObject(patch)) return refuse(400, 'PUT users/{vendor}/{id} takes a merge patch (an object)');
  const record = editAtVendor(vendor, id, patch);
  return record ? { status: 200, body: record } : refuse(404, `${vendor.id} has no user ${id}`);
}

/** One vendor's part when `?vendor=` names one, else all by name. */
function perVendor(vendors: Vendors, call: Call, part: (vendor: LiveVendor) => JsonValue): Reply {
  const name = call.query.get('vendor');
  const vendor = find(vendors, name ?? undefined);
  if (vendor) return { status: 200, body: part(vendor) };
  if (name !== null) return refuse(400, `No vendor ${name}`);
  return { status: 200, body: Object.fromEntries(Object.values(vendors).map((each) => [each.id, part(each)])) };
}

function withVendor(
  vendors: Vendors,
  body: JsonValue | undefined,
  act: (vendor: LiveVendor, body: JsonRecord) => Reply,
): Reply {
  if (!isObject(body)) return refuse(400, 'The body must be a JSON object');
  const vendor = find(vendors, body['vendor']);
  return vendor ? act(vendor, body) : refuse(400, `vendor must be one of ${Object.keys(vendors).join(', ')}`);
}

function find(vendors: Vendors, name: JsonValue | undefined): LiveVendor | undefined {
  return Object.values(vendors).find(({ id }) => id === name);
}

function refuse(status: number, error: string): Reply {
  return { status, body: { error } };
}
