import type { Client } from './client.ts';
import { inHome } from './folders.ts';

/** `env_vars` names what is passed on; an unset one is left out. Values written in `env` are never resolved. */
export const codex: Client = {
  id: 'codex',
  title: 'Codex',
  docs: 'https://developers.openai.com/codex/mcp',
  syntax: { format: 'toml' },
  servers: 'mcp_servers',
  userFiles: (place) => [inHome(place, ['.codex', 'config.toml'], 'CODEX_HOME', ['config.toml'])],
  projectFiles: ['.codex/config.toml'],
  references: { kind: 'names' },
  localEntry({ command, args, variables }) {
    const names = [...variables.required, ...variables.optional];
    return { command, args: [...args], ...(names.length > 0 && { env_vars: names }) };
  },
  remoteEntry: ({ url, tokenVariable }) => ({ url, bearer_token_env_var: tokenVariable }),
  question: 'form',
  hints: { project: 'Codex reads the file of a project only once you trust the project.' },
};
