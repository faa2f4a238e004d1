import { bearerHeader, type Client, commandEntry } from './client.ts';
import { inApplicationData } from './folders.ts';
import { editorReferences } from './references.ts';

/** Variables of the environment and not `inputs`: a server that asks for input is not forwarded to Copilot sessions. */
const references = editorReferences('empty');

export const vscode: Client = {
  id: 'vscode',
  title: 'VS Code',
  docs: 'https://code.visualstudio.com/docs/agents/reference/mcp-configuration',
  syntax: { format: 'json', comments: true, trailingCommas: true },
  servers: 'servers',
  userFiles: (place) => [inApplicationData(place, 'Code', 'User', 'mcp.json')],
  projectFiles: ['.vscode/mcp.json'],
  projectFolder: '${workspaceFolder}',
  references,
  localEntry: (server) => ({ type: 'stdio', ...commandEntry(server, references) }),
  remoteEntry: (server) => ({ type: 'http', url: server.url, headers: bearerHeader(server, references.required) }),
  question: 'page',
};
