import { bearerHeader, type Client, environment } from './client.ts';
import { inConfigHome } from './folders.ts';
import type { InlineReferences } from './references.ts';

const references = {
  kind: 'inline',
  required: (name: string) => `{env:${name}}`,
  optional: (name: string) => `{env:${name}}`,
  unset: 'empty',
  pasted: true,
} satisfies InlineReferences;

export const opencode: Client = {
  id: 'opencode',
  title: 'opencode',
  docs: 'https://opencode.ai/docs/mcp-servers',
  syntax: { format: 'json', comments: true, trailingCommas: true },
  servers: 'mcp',
  userFiles: (place) => ['opencode.jsonc', 'opencode.json'].map((name) => inConfigHome(place, 'opencode', name)),
  projectFiles: ['opencode.jsonc', 'opencode.json'],
  references,
  localEntry(server) {
    const env = environment(server, references);
    const command = [server.command, ...server.args];
    return { type: 'local', command, ...(Object.keys(env).length > 0 && { environment: env }), enabled: true };
  },
  remoteEntry(server) {
    return { type: 'remote', url: server.url, headers: bearerHeader(server, references.required), enabled: true };
  },
  newFile: { $schema: 'https://opencode.ai/config.json' },
  question: 'unknown',
  hints: {
    always:
      'opencode puts the values into its file before it reads it: one with a quotation mark or a backslash stops it. Leave such a variable out of the entry; opencode passes on its whole environment.',
  },
};
