import type { AddressInfo } from 'node:net';
import { toEnv } from './credentials.ts';
import { createHttpServer } from './http/server.ts';
import type { Vendor } from './types.ts';
import { createVendor } from './vendor.ts';
import { allVendors, type VendorId } from './vendors/index.ts';

export { credentials } from './credentials.ts';

import type { VendorDefinition } from './define-vendor.ts';

export type { FileScene, VendorDemo } from './define-vendor.ts';
export type { JsonRecord, JsonValue } from './json.ts';
export type { Fault, RecordedRequest, Vendor, VendorOptions } from './types.ts';
export { type BuiltInVendorId, presetVendors, type VendorId, vendors } from './vendors/index.ts';

type Definition = (typeof allVendors)[number];
type OptionsOf<V> = V extends VendorDefinition<string, object, infer Options> ? Options : never;
/** Every vendor by its id, each with its own options. */
type VendorsById = { [V in Definition as V['id']]: Vendor<OptionsOf<V>, V['id']> };

export interface Sandbox {
  /** `http://127.0.0.1:PORT` */
  url: string;
  port: number;
  /** The environment variables that connect update-user-mcp to every vendor. */
  env: Record<string, string>;
  vendors: VendorsById;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

/**
 * Starts every vendor on 127.0.0.1, with its original people. Port 0 (the default) takes any free port.
 * Rejects with the system's error when the port is taken.
 */
export async function startSandbox(options: { port?: number } = {}): Promise<Sandbox> {
  const live = allVendors.map((definition) => createVendor(definition));
  // One entry for each id of the registry.
  const byId = Object.fromEntries(live.map((vendor) => [vendor.id, vendor])) as unknown as VendorsById;
  const server = createHttpServer(live);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  // A TCP server's address is an AddressInfo once it listens.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  let closing: Promise<void> | undefined;
  return {
    url,
    port,
    env: toEnv(url),
    vendors: byId,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}
