import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { VendorDefinition } from '../../../src/sandbox/define-vendor.ts';
import { createHttpServer } from '../../../src/sandbox/http/server.ts';
import type { JsonRecord, JsonValue, Vendor } from '../../../src/sandbox/index.ts';
import { isObject, parseJson, toJson } from '../../../src/sandbox/json.ts';
import { createVendor } from '../../../src/sandbox/vendor.ts';

export interface LoneAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; null when it is empty. */
  json: JsonValue;
  /** The body as an object; `{}` when it is none. */
  body: JsonRecord;
}

export interface LoneVendor<Options extends object> {
  readonly vendor: Vendor<Options>;
  readonly url: string;
  /** Sends a request; a text goes out as it is, everything else as JSON. */
  send(method: string, path: string, headers: Record<string, string>, body?: JsonValue): Promise<LoneAnswer>;
}

/** One vendor on a server of its own for a test file, registered or not; it is reset before each test. */
export function useLoneVendor<Id extends string, Credentials extends object, Options extends object>(
  definition: VendorDefinition<Id, Credentials, Options>,
): LoneVendor<Options> {
  const vendor = createVendor(definition);
  const server = createHttpServer([vendor]);
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // of a listening TCP server
    url = `http://127.0.0.1:${port}/${definition.id}`;
  });
  beforeEach(() => vendor.reset());
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    vendor,
    get url() {
      return url;
    },
    async send(method, path, headers, body) {
      const type = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
      const response = await fetch(url + path, {
        method,
        headers: { ...type, ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : toJson(body) }),
      });
      const text = await response.text();
      const json = text === '' ? null : parseJson(text);
      return { status: response.status, headers: response.headers, text, json, body: isObject(json) ? json : {} };
    },
  };
}
