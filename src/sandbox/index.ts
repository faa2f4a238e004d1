import type { AddressInfo } from 'node:net';
import { toEnv } from './credentials.ts';
import { createHttpServer } from './server.ts';
import type { Sandbox } from './types.ts';
import { createVendor } from './vendor.ts';
import { atlassian } from './vendors/atlassian/api.ts';
import { atomicwork } from './vendors/atomicwork/api.ts';
import { awork } from './vendors/awork/api.ts';
import { dayzero } from './vendors/dayzero/api.ts';
import { mediasilo } from './vendors/mediasilo/api.ts';

export { credentials } from './credentials.ts';
export type { JsonRecord, JsonValue } from './json.ts';
export type { Fault, RecordedRequest, Sandbox, Vendor, VendorId, VendorOptions } from './types.ts';

/**
 * Starts the five vendors on 127.0.0.1, with their original people. Port 0 (the default) takes any free port; a taken
 * port rejects with the system's error.
 */
export async function startSandbox(options: { port?: number } = {}): Promise<Sandbox> {
  const vendors = {
    atomicwork: createVendor(atomicwork),
    awork: createVendor(awork),
    atlassian: createVendor(atlassian),
    dayzero: createVendor(dayzero),
    mediasilo: createVendor(mediasilo),
  };
  const server = createHttpServer(vendors);
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
    vendors,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}
