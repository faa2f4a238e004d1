import { resolve } from 'node:path';
import { shippedProviders } from '../../config/providers/shipped.ts';
import { UsageError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { print } from '../output.ts';
import { ownMain } from '../own-command.ts';
import { starterConnections, type Variables } from '../starter.ts';
import { PORT, toCompose } from './compose.ts';
import { CALLER, toTeamConfig } from './config.ts';
import { FILES, writeFiles } from './files.ts';
import { toNextSteps } from './next-steps.ts';
import { createTeamSecrets } from './secrets.ts';

/** The address of a server that is reached from its own machine only. */
const LOCAL_URL = `http://127.0.0.1:${PORT}`;

export interface TeamOptions {
  /** Where people and clients reach the server. */
  url?: string | undefined;
  json?: boolean | undefined;
  /** The option of `init` that names the file it writes. */
  file?: string | undefined;
}

/**
 * Makes a server for a team in the current folder, and prints what is left to do. Without providers it connects those
 * whose variables are set when it starts. The token is printed and not kept. Throws a UsageError, and leaves nothing
 * behind then.
 */
export function createTeam(chosen: readonly Provider[], { url, json, file }: TeamOptions): number {
  if (file !== undefined && file !== FILES.config)
    throw new UsageError('--file: not with --team, whose files have fixed names');
  const folder = process.cwd();
  const publicUrl = url === undefined ? LOCAL_URL : toOrigin(url);
  const { connections, variables } = chosen.length > 0 ? starterConnections(chosen) : anyProvider();
  const { key, token, tokenSha256, password } = createTeamSecrets();
  writeFiles(folder, {
    [FILES.key]: `${key}\n`,
    [FILES.token]: `${tokenSha256}\n`,
    [FILES.password]: password,
    [FILES.config]: `${JSON.stringify(toTeamConfig(connections, publicUrl), null, 2)}\n`,
    [FILES.compose]: toCompose({ package: resolve(ownMain(), '..', '..'), user: owner(), variables }),
  });
  if (json) {
    const { required, optional } = variables;
    const facts = { folder, files: Object.values(FILES), token, caller: CALLER, url: `${publicUrl}/mcp` };
    print(JSON.stringify({ ...facts, variables: [...required, ...optional], optional }));
  } else {
    print(toNextSteps({ folder, token, url: `${publicUrl}/mcp`, variables }).join('\n'));
  }
  return 0;
}

/** No connections in the file: a provider is connected once its variables are set. */
export function anyProvider(): { connections: object; variables: Variables } {
  return {
    connections: {},
    variables: { required: [], optional: shippedProviders.flatMap(({ env }) => Object.values(env)) },
  };
}

/** The files belong to the user of this process, so the container runs as that user. */
function owner(): string {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  // Docker on Windows shows every file as readable by any user: that of the image is as good as another.
  return uid === undefined || gid === undefined ? '1000:1000' : `${uid}:${gid}`;
}

function toOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Clients are given the address with its path, so that is accepted too.
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    !/^\/(?:mcp)?$/.test(url.pathname) ||
    `${url.search}${url.hash}${url.username}` !== ''
  ) {
    throw new UsageError('--url: expected scheme and host, such as https://users.example.com');
  }
  return url.origin;
}
