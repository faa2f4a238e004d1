import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createHttpServer } from '../../../src/sandbox/http/server.ts';
import { isObject, type JsonRecord, type JsonValue, parseJson, toJson } from '../../../src/sandbox/json.ts';
import type { Vendor } from '../../../src/sandbox/types.ts';
import { createVendor } from '../../../src/sandbox/vendor.ts';
import { scim } from '../../../src/sandbox/vendors/scim/api.ts';
import { credentials } from '../../../src/sandbox/vendors/scim/credentials.ts';
import type { ScimOptions } from '../../../src/sandbox/vendors/scim/options.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: JsonRecord;
  text: string;
}

/** The stand-in of the sandbox alone, for requests that no client of ours would send. */
export interface Directory {
  vendor: Vendor<ScimOptions>;
  /** What stands before `/Users`. */
  baseUrl: string;
  jane: string;
  get(path: string): Promise<Answer>;
  put(id: string, body: JsonValue, headers?: Record<string, string>): Promise<Answer>;
  patch(id: string, operations: JsonValue, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, body?: JsonValue, headers?: Record<string, string>): Promise<Answer>;
}

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** A directory for a test file; it is reset before each test. */
export function useDirectory(): Directory {
  const live = createVendor(scim as Parameters<typeof createVendor>[0]);
  // It was made from this vendor's definition.
  const vendor = live as unknown as Vendor<ScimOptions>;
  const server = createHttpServer([live]);
  let baseUrl = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim`;
  });
  beforeEach(() => vendor.reset());
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const send: Directory['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${credentials.token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: toJson(body) }),
    });
    const text = await response.text();
    const json = text === '' ? {} : parseJson(text);
    return { status: response.status, headers: response.headers, text, body: isObject(json) ? json : {} };
  };
  return {
    vendor,
    get baseUrl() {
      return baseUrl;
    },
    jane: scim.people.ids.jane,
    send,
    get: (path) => send('GET', path),
    put: (id, body, headers) => send('PUT', `/Users/${id}`, body, headers),
    patch: (id, operations, headers) =>
      send('PATCH', `/Users/${id}`, { schemas: [PATCH_OP], Operations: operations }, headers),
  };
}
