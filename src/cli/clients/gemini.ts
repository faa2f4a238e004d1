import { bearerHeader, type Client, commandEntry } from './client.ts';
import { inHome } from './folders.ts';
import { shellReferences } from './references.ts';

/** Variables whose names look like secrets reach a server only if its entry names them. */
const references = { ...shellReferences('empty'), required: (name: string) => `$${name}` };

export const gemini: Client = {
  id: 'gemini',
  title: 'Gemini CLI',
  docs: 'https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md',
  syntax: { format: 'json', comments: true, trailingCommas: false },
  servers: 'mcpServers',
  userFiles: (place) => [inHome(place, ['.gemini', 'settings.json'], 'GEMINI_CLI_HOME')],
  projectFiles: ['.gemini/settings.json'],
  references,
  localEntry: (server) => commandEntry(server, references),
  remoteEntry: (server) => ({ httpUrl: server.url, headers: bearerHeader(server, references.required) }),
  question: 'none',
  hints: { always: 'Gemini CLI starts servers only in folders that you trust.' },
};
