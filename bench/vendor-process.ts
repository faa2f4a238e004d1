import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The stand-in of a vendor, as the measuring process sees it. */
export interface VendorProcess {
  url: string;
  /** How many requests it answered so far. */
  requests(): Promise<number>;
  /** From now on records are larger by about so many bytes; everybody starts anew. */
  padRecords(bytes: number): Promise<void>;
  stop(): void;
}

export async function startVendor(built: string): Promise<VendorProcess> {
  const child = fork(join(built, 'vendor.js'));
  const { port } = await told(child);
  const ask = async (message: Record<string, unknown>) => {
    const answer = told(child);
    child.send(message);
    return await answer;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests: async () => (await ask({})).requests,
    padRecords: async (padBytes) => void (await ask({ padBytes })),
    stop: () => child.disconnect(),
  };
}

async function told(child: ChildProcess): Promise<{ port: number; requests: number }> {
  const [message] = (await once(child, 'message')) as [{ port: number; requests: number }];
  return message;
}
