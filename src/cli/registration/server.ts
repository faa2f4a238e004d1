import { UsageError } from '../../errors.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { isLoopback } from '../../lib/loopback.ts';
import type { Client } from '../clients/client.ts';
import type { References } from '../clients/references.ts';
import { type OwnCommand, ownCommand } from '../own-command.ts';
import type { Variables } from '../starter.ts';

/** What is registered: this installation, which the client starts, or a server for a team. */
export type Registered =
  | {
      kind: 'local';
      variables: Variables;
      /** An absolute path. */
      config?: string;
    }
  | { kind: 'remote'; url: string };

/** The variable that holds the token for a team's server. */
export const TOKEN_VARIABLE = 'UPDATE_USER_TOKEN';

/**
 * The entry of a client. `shownAs`: how the entry names the configuration file. Throws a UsageError for a team's server
 * and a client that only starts servers.
 */
export function entryFor(client: Client, server: Registered, shownAs = (path: string) => path): JsonObject {
  if (server.kind === 'local') {
    const { command, args } = startCommand(ownCommand(), process.platform);
    const config = server.config === undefined ? [] : ['--config', shownAs(server.config)];
    const variables = passedOn(server.variables, client.references);
    return client.localEntry({ command, args: [...args, ...config], variables });
  }
  if (!client.remoteEntry) {
    throw new UsageError(
      `--url: ${client.title} only starts servers itself (stdio) and cannot reach one at an address; leave --url out to register this installation`,
    );
  }
  return client.remoteEntry({ url: server.url, tokenVariable: TOKEN_VARIABLE });
}

/** On Windows `npx` is a script, which only a shell runs. */
export function startCommand({ command, args }: OwnCommand, platform: NodeJS.Platform): OwnCommand {
  if (platform !== 'win32' || command !== 'npx') return { command, args };
  return { command: 'cmd', args: ['/c', command, ...args] };
}

/** Without those whose value would break a file that values are put into. */
function passedOn({ required, optional }: Variables, references: References): Variables {
  const breaks = (name: string) => /["\\\p{Cc}]/u.test(process.env[name] ?? '');
  if (references.kind !== 'inline' || !references.pasted) return { required, optional };
  return { required: required.filter((name) => !breaks(name)), optional: optional.filter((name) => !breaks(name)) };
}

/** The address of a team's server. Throws a UsageError that shows nothing of what may be a password or a token. */
export function parseServerUrl(text: string): string {
  if (!URL.canParse(text)) throw new UsageError('--url: expected an address such as https://users.example.com/mcp');
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || /[?#]$/.test(text)) {
    throw new UsageError(
      `--url: expected an address without a user, a password, a query or a fragment: the token comes from the variable ${TOKEN_VARIABLE}`,
    );
  }
  if (!isSafe)
    throw new UsageError('--url: expected https, or http on this computer: the token would be readable on the way');
  if (url.pathname === '/') throw new UsageError(`--url: expected the whole address, such as ${url.origin}/mcp`);
  return url.href;
}
