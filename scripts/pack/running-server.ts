import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** How a host starts a server. */
export interface StartCommand {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** What a running server says about itself. */
export interface ServerFacts {
  title: string;
  tools: readonly { name: string; description: string }[];
}

/** Starts a server and asks what it is. */
export async function askServer(start: StartCommand): Promise<ServerFacts> {
  return await useServer(start, async (client) => {
    const { tools } = await client.listTools();
    return {
      title: client.getServerVersion()?.title ?? '',
      tools: tools.map(({ name, description = '' }) => ({ name, description })),
    };
  });
}

/**
 * Starts a server as a host does, with nothing but a path, a home folder and what the command names, and stops it after
 * `use`. Rejects with what the server wrote to stderr if it does not start.
 */
export async function useServer<T>(
  { command, args, env }: StartCommand,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'update-user-pack-'));
  const transport = new StdioClientTransport({
    command: command === 'node' ? process.execPath : command,
    args: [...args],
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
    stderr: 'pipe',
  });
  let log = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const client = new Client({ name: 'pack', version: '1' });
  try {
    await client.connect(transport).catch((cause: unknown) => {
      throw new Error(`${[command, ...args].join(' ')} did not start: ${log}`, { cause });
    });
    return await use(client);
  } finally {
    await client.close();
    rmSync(home, { recursive: true, force: true });
  }
}
