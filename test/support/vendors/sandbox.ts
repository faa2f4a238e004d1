import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  type JsonRecord,
  type JsonValue,
  type Sandbox,
  startSandbox,
  type VendorId,
} from '../../../src/sandbox/index.ts';
import { isObject, parseJson, toJson } from '../../../src/sandbox/json.ts';
import { idOf, type PersonKey } from '../../../src/sandbox/people.ts';
import { samples } from './samples.ts';

export interface VendorAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as an object; `{}` when it is not one. */
  body: JsonRecord;
  /** The parsed body; null when it is empty or not JSON. */
  json: JsonValue;
}

export interface Send {
  body?: JsonValue;
  /** `null` removes a header of the credential. */
  headers?: Record<string, string | null>;
  signal?: AbortSignal;
}

/** A sandbox for a test file; every vendor is reset before each test. */
export function useSandbox(): { readonly sandbox: Sandbox } {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(() => {
    for (const vendor of Object.values(sandbox.vendors)) vendor.reset();
  });
  afterAll(() => sandbox.close());
  return {
    get sandbox() {
      return sandbox;
    },
  };
}

/** The path of a person's record at a vendor. */
export function pathOf(vendor: VendorId, key: PersonKey): string {
  return samples[vendor].userPath + idOf(vendor, key);
}

/** Sends a request with the vendor's credential. */
export async function send(
  sandbox: Sandbox,
  vendor: VendorId,
  method: string,
  path: string,
  { body, headers = {}, signal }: Send = {},
): Promise<VendorAnswer> {
  const all = {
    ...samples[vendor].headers,
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headers,
  };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const response = await fetch(`${sandbox.url}/${vendor}${path}`, {
    method,
    headers: sent,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: toJson(body) }),
    ...(signal ? { signal } : {}),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? tryParse(text) : null;
  return { status: response.status, headers: response.headers, text, json, body: isObject(json) ? json : {} };
}

function tryParse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
