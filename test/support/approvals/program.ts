import { buildParts, type Parts } from '../../../src/app.ts';
import { makeVerifier } from '../../../src/approvals/passphrase.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { type Agent, type House, openHouse, type ToolResult } from '../stdio-server.ts';

/** The built program, agents before it that cannot ask anybody, and approvers whose passphrase no agent has. */

export const PASSPHRASE = 'correct horse battery staple';

export interface Office {
  house: House;
  /** The same store and key, from this process. */
  parts: Parts;
  agent(): Promise<Agent>;
  stop(): Promise<void>;
}

export async function openOffice(config: Record<string, unknown> = {}, approvers = ['ann']): Promise<Office> {
  const house = await openHouse({ config });
  const parts = buildParts(loadSettings(house.env, house.env['UPDATE_USER_CONFIG']));
  const { approvals } = await parts.store();
  await parts.seal(); // so that the key file is there before a program is started beside us
  for (const name of approvers) await approvals.addApprover(name, await makeVerifier(PASSPHRASE));
  return {
    house,
    parts,
    agent: () => house.connect('v2-modern-mute'),
    async stop() {
      await parts.stop();
      await house.stop();
    },
  };
}

/** What a `needs_approval` result says of the way to an approver. */
export function approvalOf({ is }: ToolResult): { id: string; url: string } {
  const { id = '', url = '' } = (is['approval'] ?? {}) as { id?: string; url?: string };
  return { id, url };
}
