import { bearerHeader, type Client, commandEntry } from './client.ts';
import { inHome } from './folders.ts';
import { shellReferences } from './references.ts';

/** An unset variable without a default stays as it is written, with a warning. */
const references = shellReferences('kept');

export const claudeCode: Client = {
  id: 'claude-code',
  title: 'Claude Code',
  docs: 'https://code.claude.com/docs/en/mcp',
  syntax: { format: 'json', comments: false, trailingCommas: false },
  servers: 'mcpServers',
  userFiles: (place) => [inHome(place, ['.claude.json'], 'CLAUDE_CONFIG_DIR')],
  projectFiles: ['.mcp.json'],
  references,
  localEntry: (server) => ({ type: 'stdio', ...commandEntry(server, references) }),
  remoteEntry: (server) => ({ type: 'http', url: server.url, headers: bearerHeader(server, references.required) }),
  question: 'form',
  hints: { project: 'Claude Code asks before it starts a server of a project.' },
};
