import { type Client, commandEntry } from './client.ts';
import { inApplicationData } from './folders.ts';

/** It starts servers with a few variables of its own (the home folder, the path) and resolves nothing. */
const references = { kind: 'none' } as const;

export const claudeDesktop: Client = {
  id: 'claude-desktop',
  title: 'Claude Desktop',
  docs: 'https://modelcontextprotocol.io/docs/develop/connect-local-servers',
  syntax: { format: 'json', comments: false, trailingCommas: false },
  servers: 'mcpServers',
  userFiles: (place) => [inApplicationData(place, 'Claude', 'claude_desktop_config.json')],
  projectFiles: [],
  references,
  localEntry: (server) => commandEntry(server, references),
  question: 'unreliable',
  hints: { always: 'Claude Desktop reads the file when it starts: quit it, then open it again.' },
};
