import { type App, createApp } from '../../../src/app.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { type Agent, type AgentResult, type StdioServer, startStdioServer } from '../program/stdio-server.ts';
import { quickVerifier } from './verifier.ts';

/** The built program, agents that cannot elicit, and approvers whose passphrase no agent has. */

export const PASSPHRASE = 'correct horse battery staple';

export interface ApprovalProgram {
  server: StdioServer;
  /** The same store and key, from this process. */
  app: App;
  agent(): Promise<Agent>;
  stop(): Promise<void>;
}

export async function startApprovalProgram(
  config: Record<string, unknown> = {},
  approvers = ['ann'],
): Promise<ApprovalProgram> {
  const server = await startStdioServer({ config });
  const app = createApp(loadSettings(server.env, server.env['UPDATE_USER_CONFIG']));
  const { approvals } = await app.store();
  await app.seal(); // creates the key file before another process opens it
  for (const name of approvers) await approvals.addApprover(name, quickVerifier(PASSPHRASE));
  return {
    server,
    app,
    agent: () => server.connect('v2-modern-mute'),
    async stop() {
      await app.shutdown();
      await server.stop();
    },
  };
}

/** The approval a `needs_approval` result refers to. */
export function approvalOf({ is }: AgentResult): { id: string; url: string } {
  const { id = '', url = '' } = (is['approval'] ?? {}) as { id?: string; url?: string };
  return { id, url };
}
