import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The stand-in for a vendor, seen from the measuring process. */
export interface VendorProcess {
  url: string;
  /** Number of requests so far. */
  requests(): Promise<number>;
  /** Resets all records and makes them larger by about this many bytes. */
  padRecords(bytes: number): Promise<void>;
  /** Responds to each request after so long. */
  delay(ms: number): Promise<void>;
  stop(): void;
}

export async function startVendor(built: string): Promise<VendorProcess> {
  const child = fork(join(built, 'vendor.js'));
  const { port } = await readMessage(child);
  const ask = async (message: Record<string, unknown>) => {
    const answer = readMessage(child);
    child.send(message);
    return await answer;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests: async () => (await ask({})).requests,
    padRecords: async (padBytes) => void (await ask({ padBytes })),
    delay: async (delayMs) => void (await ask({ delayMs })),
    stop: () => child.disconnect(),
  };
}

async function readMessage(child: ChildProcess): Promise<{ port: number; requests: number }> {
  const [message] = (await once(child, 'message')) as [{ port: number; requests: number }];
  return message;
}
