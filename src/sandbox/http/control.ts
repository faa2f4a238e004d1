import type { VendorRequest, VendorResponse } from '../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../json.ts';
import type { Fault } from '../types.ts';
import { editAtVendor, type LiveVendor } from '../vendor.ts';

type VendorList = readonly LiveVendor[];

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
const COMMON_OPTIONS = ['collateral', 'forbidden', 'rateLimit'];

/** The remote control under `/_sandbox`, for a sandbox that runs as a process of its own. */
export function control(vendors: VendorList, request: VendorRequest): VendorResponse {
  const [, action, vendorId, id] = request.pathname.split('/').map((part) => decodeURIComponent(part));
  switch (`${request.method} ${action}`) {
    case 'GET requests':
      // A recorded request is JSON except for an absent body.
      return perVendor(vendors, request, ({ requests }) =>
        requests.map((recorded) => ({ ...recorded, body: recorded.body ?? null })),
      );
    case 'GET users':
      return perVendor(vendors, request, (vendor) => Object.fromEntries(vendor.users));
    case 'POST faults':
      return withVendor(vendors, request.body, addFault);
    case 'POST options':
      return withVendor(vendors, request.body, (vendor, body) => setOptions(vendor, body, optionNames(vendors)));
    case 'POST reset':
      return reset(vendors, request.body);
    case 'PUT users':
      return foreignEdit(find(vendors, vendorId), id ?? '', request.body);
    default:
      return refuse(404, 'Use GET requests|users, POST faults|options|reset, PUT users/{vendor}/{id}');
  }
}

/** Resets one vendor when the body names one, else all. */
function reset(vendors: VendorList, body: JsonValue | undefined): VendorResponse {
  const name = isObject(body) ? body['vendor'] : undefined;
  if (name !== undefined && !find(vendors, name)) return refuse(400, `No vendor ${String(name)}`);
  for (const vendor of vendors) if (name === undefined || vendor.id === name) vendor.reset();
  return { status: 200, body: {} };
}

function addFault(vendor: LiveVendor, body: JsonRecord): VendorResponse {
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
  // Kind and keys were checked above; JSON cannot contain a RegExp or a function.
  vendor.faults.push(fault as unknown as Fault);
  return { status: 201, body: { faults: vendor.faults.length } };
}

function setOptions(vendor: LiveVendor, body: JsonRecord, known: readonly string[]): VendorResponse {
  const { vendor: _, ...options } = body;
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) return refuse(400, `Unknown option ${unknown}; known: ${known.join(', ')}`);
  for (const [key, value] of Object.entries(options)) {
    if (value === null) Reflect.deleteProperty(vendor.options, key);
    else Object.assign(vendor.options, { [key]: value });
  }
  return { status: 200, body: Object.fromEntries(Object.entries(vendor.options)) as JsonRecord };
}

function optionNames(vendors: VendorList): string[] {
  return [...COMMON_OPTIONS, ...vendors.flatMap(({ definition }) => Object.keys(definition.options ?? {}))];
}

function foreignEdit(vendor: LiveVendor | undefined, id: string, patch: JsonValue | undefined): VendorResponse {
  if (!vendor || !isObject(patch)) return refuse(400, 'PUT users/{vendor}/{id} takes a merge patch (an object)');
  const record = editAtVendor(vendor, id, patch);
  return record ? { status: 200, body: record } : refuse(404, `${vendor.id} has no user ${id}`);
}

/** One vendor's part when `?vendor=` names one, else the parts of all by name. */
function perVendor(
  vendors: VendorList,
  request: VendorRequest,
  part: (vendor: LiveVendor) => JsonValue,
): VendorResponse {
  const name = request.query.get('vendor');
  const vendor = find(vendors, name ?? undefined);
  if (vendor) return { status: 200, body: part(vendor) };
  if (name !== null) return refuse(400, `No vendor ${name}`);
  return { status: 200, body: Object.fromEntries(vendors.map((each) => [each.id, part(each)])) };
}

function withVendor(
  vendors: VendorList,
  body: JsonValue | undefined,
  act: (vendor: LiveVendor, body: JsonRecord) => VendorResponse,
): VendorResponse {
  if (!isObject(body)) return refuse(400, 'The body must be a JSON object');
  const vendor = find(vendors, body['vendor']);
  return vendor ? act(vendor, body) : refuse(400, `vendor must be one of ${vendors.map(({ id }) => id).join(', ')}`);
}

function find(vendors: VendorList, name: JsonValue | undefined): LiveVendor | undefined {
  return vendors.find(({ id }) => id === name);
}

function refuse(status: number, error: string): VendorResponse {
  return { status, body: { error } };
}
