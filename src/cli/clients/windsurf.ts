import { bearerHeader, type Client, commandEntry } from './client.ts';
import { inHome } from './folders.ts';
import { editorReferences } from './references.ts';

const references = editorReferences('unknown');

export const windsurf: Client = {
  id: 'windsurf',
  title: 'Windsurf',
  docs: 'https://docs.windsurf.com/windsurf/cascade/mcp',
  syntax: { format: 'json', comments: true, trailingCommas: true },
  servers: 'mcpServers',
  userFiles: (place) => [inHome(place, ['.codeium', 'windsurf', 'mcp_config.json'])],
  projectFiles: [],
  references,
  localEntry: (server) => commandEntry(server, references),
  remoteEntry: (server) => ({ serverUrl: server.url, headers: bearerHeader(server, references.required) }),
  question: 'unknown',
};
