import { bounds, LONGEST_SHUTDOWN_MS } from '../../bounds.ts';
import type { Variables } from '../starter.ts';
import { FILES } from './files.ts';
import { IMAGES } from './images.ts';

/** How the server reaches PostgreSQL, and as whom. */
export const DATABASE = { user: 'update_user', name: 'update_user', host: 'postgres', port: 5432 } as const;

/** Where the program is in its container. */
export const PROGRAM = '/app/dist/main.js';

/** The port of the server, published on loopback only. */
export const PORT = 3600;

/** What a compose file depends on. */
export interface ComposeOptions {
  /** The folder of the installed package, absolute or relative to the compose file. */
  package: string;
  /** `uid:gid` of the owner of the secret files. */
  user: string;
  /** The variables that connect providers. */
  variables: Variables;
}

/** Seconds beyond the program's own limits, for starting and ending a container. */
const MARGIN = 10;

/**
 * A compose file (https://github.com/compose-spec/compose-spec) for the server and its PostgreSQL. It runs the installed
 * package on the official image of Node, so nothing has to be built. The server is not root, can write nothing, and
 * reads its secrets as files of their owner.
 */
export function toCompose(options: ComposeOptions): string {
  const { user, variables } = options;
  return `# A team server and its PostgreSQL, as made by: update-user-mcp init --team
# Variables of providers come from the environment of docker compose, or from .env beside this file.

services:
  server:
    image: ${IMAGES.node}
    command: [node, ${PROGRAM}, http, --host, 0.0.0.0, --port, "${PORT}"]
    environment:
      UPDATE_USER_CONFIG: /run/secrets/${FILES.config}
${toEnvironment(variables)
  .map((line) => `      ${line}\n`)
  .join('')}    secrets: [${[FILES.config, FILES.key, FILES.token, FILES.password].join(', ')}]
    # The owner of the secret files: only this user can read them.
    user: ${quote(user)}
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    init: true
    volumes:
${['dist', 'package.json']
  .map((part) => {
    const source = quote(`${options.package}/${part}`);
    return `      - { type: bind, source: ${source}, target: /app/${part}, read_only: true, bind: { create_host_path: false } }\n`;
  })
  .join('')}    # Other machines reach it by a proxy with TLS; name its address in http.publicUrl.
    ports: ["127.0.0.1:${PORT}:${PORT}"]
    healthcheck:
      test: [CMD, node, ${PROGRAM}, healthcheck, --port, "${PORT}"]
      interval: 15s
      timeout: 12s
      start_period: ${toSeconds(bounds.startUpMs)}
    depends_on: { postgres: { condition: service_healthy } }
    restart: unless-stopped
    # Writes in flight are finished first.
    stop_grace_period: ${toSeconds(LONGEST_SHUTDOWN_MS)}

  postgres:
    image: ${IMAGES.postgres}
    environment:
      POSTGRES_USER: ${DATABASE.user}
      POSTGRES_DB: ${DATABASE.name}
      POSTGRES_PASSWORD_FILE: /run/secrets/${FILES.password}
    secrets: [${FILES.password}]
    volumes: [postgres-data:/var/lib/postgresql/data]
    healthcheck:
      test: [CMD, pg_isready, --host, 127.0.0.1, --username, ${DATABASE.user}, --dbname, ${DATABASE.name}]
      interval: 5s
      timeout: 5s
      retries: 12
      start_period: 30s
    restart: unless-stopped
    stop_grace_period: 1m

volumes:
  postgres-data:

secrets:
${[FILES.config, FILES.key, FILES.token, FILES.password].map((name) => `  ${name}: { file: ./${name} }\n`).join('')}`;
}

/** Compose refuses to start without a required variable; an optional one is empty, which means "not given". */
function toEnvironment({ required, optional }: Variables): string[] {
  return [
    ...required.map((name) => `${name}: \${${name}:?write it into .env beside compose.yaml}`),
    ...optional.map((name) => `${name}: \${${name}:-}`),
  ];
}

function toSeconds(ms: number): string {
  return `${Math.ceil(ms / 1000) + MARGIN}s`;
}

/** A text as YAML, in which compose fills in no variable. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll('$', '$$$$');
}
