import { bearerHeader, type Client, commandEntry } from './client.ts';
import { inHome } from './folders.ts';
import { editorReferences } from './references.ts';

const references = editorReferences('unknown');

export const cursor: Client = {
  id: 'cursor',
  title: 'Cursor',
  docs: 'https://cursor.com/docs/mcp',
  syntax: { format: 'json', comments: true, trailingCommas: true },
  servers: 'mcpServers',
  userFiles: (place) => [inHome(place, ['.cursor', 'mcp.json'])],
  projectFiles: ['.cursor/mcp.json'],
  projectFolder: '${workspaceFolder}',
  references,
  localEntry: (server) => commandEntry(server, references),
  remoteEntry: (server) => ({ url: server.url, headers: bearerHeader(server, references.required) }),
  question: 'form',
};
