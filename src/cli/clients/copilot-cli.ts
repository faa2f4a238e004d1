import { bearerHeader, type Client, commandEntry } from './client.ts';
import { inHome } from './folders.ts';
import { shellReferences } from './references.ts';

/** An unset variable without a default stays as it is written. */
const references = shellReferences('kept');

export const copilotCli: Client = {
  id: 'copilot-cli',
  title: 'Copilot CLI',
  docs: 'https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers',
  syntax: { format: 'json', comments: true, trailingCommas: true },
  servers: 'mcpServers',
  userFiles: (place) => [inHome(place, ['.copilot', 'mcp-config.json'], 'COPILOT_HOME', ['mcp-config.json'])],
  projectFiles: ['.github/mcp.json'],
  references,
  localEntry: (server) => ({ type: 'local', ...commandEntry(server, references), tools: ['*'] }),
  remoteEntry(server) {
    return { type: 'http', url: server.url, headers: bearerHeader(server, references.required), tools: ['*'] };
  },
  question: 'page',
  hints: { project: 'Copilot CLI reads the file of a project only once you trust the folder.' },
};
