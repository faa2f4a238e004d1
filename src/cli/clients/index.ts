import { UsageError } from '../../errors.ts';
import { suggest } from '../../lib/text/suggest.ts';
import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import type { Client } from './client.ts';
import { codex } from './codex.ts';
import { copilotCli } from './copilot-cli.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';
import { vscode } from './vscode.ts';
import { windsurf } from './windsurf.ts';
import { zed } from './zed.ts';

/** The registry: a new client is its file and one line here. */
export const clients: readonly Client[] = [
  claudeCode,
  claudeDesktop,
  cursor,
  vscode,
  codex,
  gemini,
  windsurf,
  opencode,
  copilotCli,
  zed,
];

/** The clients with these ids, each once, in the order of the registry. Throws a UsageError for an unknown id. */
export function findClients(ids: readonly string[]): Client[] {
  const known = clients.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const near = suggest(unknown, known);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new UsageError(`--client ${unknown}: expected one of ${known.join(', ')}${hint}`);
  }
  return clients.filter(({ id }) => ids.includes(id));
}
