import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  credentials,
  type JsonRecord,
  type JsonValue,
  type Sandbox,
  startSandbox,
  type VendorId,
} from '../../src/sandbox/index.ts';
import { isObject, parseJson, toJson } from '../../src/sandbox/json.ts';
import { idOf, type PersonKey } from '../../src/sandbox/people.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as an object; `{}` when it is none. */
  body: JsonRecord;
  /** The body as it is; null when it is empty. */
  json: JsonValue;
}

export interface Send {
  body?: JsonValue;
  /** A null takes a header of the credential away. */
  headers?: Record<string, string | null>;
  signal?: AbortSignal;
}

const { atomicwork, awork, atlassian, dayzero, mediasilo } = credentials;

const AUTH: Record<VendorId, Record<string, string>> = {
  atomicwork: { 'X-Api-Key': atomicwork.apiKey, 'X-Workspace-Id': '7' },
  awork: { Authorization: `Bearer ${awork.apiKey}` },
  atlassian: { Authorization: `Bearer ${atlassian.token}` },
  dayzero: { Authorization: `Bearer ${dayzero.token}`, 'x-business-id': dayzero.businessId },
  mediasilo: {
    MediaSiloHostContext: mediasilo.hostContext,
    Authorization: `Basic ${Buffer.from(`${mediasilo.userName}:${mediasilo.password}`).toString('base64')}`,
  },
};

const USER_PATH: Record<VendorId, string> = {
  atomicwork: '/api/v1/users/',
  awork: '/users/',
  atlassian: `/scim/directory/${atlassian.directoryId}/Users/`,
  dayzero: '/api/v1/users/',
  mediasilo: '/users/',
};

/** A sandbox for the file, as new before every test. */
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
  return USER_PATH[vendor] + idOf(vendor, key);
}

/** Sends a request with the vendor's credential. */
export async function send(
  sandbox: Sandbox,
  vendor: VendorId,
  method: string,
  path: string,
  { body, headers = {}, signal }: Send = {},
): Promise<Answer> {
  const all = { ...AUTH[vendor], ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers };
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
