import { type Client, commandEntry } from './client.ts';
import { inApplicationData, inConfigHome } from './folders.ts';

const references = { kind: 'none' } as const;

export const zed: Client = {
  id: 'zed',
  title: 'Zed',
  docs: 'https://zed.dev/docs/ai/mcp',
  syntax: { format: 'json', comments: true, trailingCommas: true },
  servers: 'context_servers',
  userFiles(place) {
    const names = ['settings.json'] as const;
    return [
      place.platform === 'win32' ? inApplicationData(place, 'Zed', ...names) : inConfigHome(place, 'zed', ...names),
    ];
  },
  projectFiles: ['.zed/settings.json'],
  references,
  localEntry: (server) => commandEntry(server, references),
  // Without a header Zed signs in by OAuth. It has no reference for a token, and the token itself is not written.
  remoteEntry: ({ url }) => ({ url }),
  question: 'none',
  hints: {
    project: 'Zed starts the servers of a project only once you trust the project.',
    remote: 'Zed can only sign in by OAuth here: it resolves no reference to a token.',
  },
};
