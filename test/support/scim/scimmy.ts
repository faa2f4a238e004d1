import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

/** A user as the store holds it: what SCIMMY hands over, with what a service provider adds. */
export type StoredUser = Record<string, unknown> & { id: string; userName: string; meta: { version?: string } };

/**
 * A real SCIM server on loopback: SCIMMY with its Express routers decides what is valid and applies patches. Only the
 * store is ours: it keeps users in memory, numbers their versions, and compares `If-Match` where entity tags are on.
 */
export interface ScimmyServer {
  /** What stands before `/Users`. */
  baseUrl: string;
  token: string;
  users: Map<string, StoredUser>;
  /** Passwords that were set, by user id. SCIMMY never returns them. */
  passwords: Map<string, string>;
  /** Requests that came, oldest first. */
  requests: ScimmyRequest[];
  /** Creates a user as another client of the service would; returns its id. */
  create(user: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs once, right before the next write of a user is stored. */
  beforeWrite: (() => void) | undefined;
  close(): Promise<void>;
}

export interface ScimmyRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** An extension of nobody's, for fields that only a configuration knows. */
export const BADGE = 'urn:ietf:params:scim:schemas:extension:badge:2.0:User';

interface Context {
  server: ScimmyServer;
  condition: string | undefined;
  etag: boolean;
}

let declared = false;

/** Starts a server. `etag`: versions are shown and `If-Match` counts. SCIMMY holds its configuration for the process. */
export async function startScimmy({ etag = false, patch = true } = {}): Promise<ScimmyServer> {
  if (!declared) declareUsers();
  declared = true;
  const token = 'scimmy-token/42+x==';
  const app = express();
  const server: ScimmyServer = {
    baseUrl: '',
    token,
    users: new Map(),
    passwords: new Map(),
    requests: [],
    beforeWrite: undefined,
    async create(user) {
      const context: Context = { server, condition: undefined, etag };
      return String((await new SCIMMY.Resources.User().write({ ...user }, context)).id);
    },
    close: () => new Promise((resolve) => (http.close(() => resolve()), http.closeAllConnections())),
  };
  const routers = new SCIMMYRouters({
    type: 'bearer',
    handler(request) {
      if (request.header('authorization') !== `Bearer ${token}`) throw new Error('The token is not valid');
      return 'client';
    },
    context: (request): Context => ({ server, condition: request.header('if-match'), etag }),
    baseUri: () => new URL(server.baseUrl).origin,
  });
  // After the routers have set theirs.
  SCIMMY.Config.set({ patch, etag, bulk: false, sort: false });
  app.use('/scim', routers);
  // Express would print what the routers pass on.
  app.use((_error, _request, response, _next) => void response.end());
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const body = Buffer.concat(chunks).toString('utf8');
      server.requests.push({ method: request.method ?? '', path: request.url ?? '', headers, body });
    });
    app(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server.baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/scim`;
  return server;
}

function declareUsers(): void {
  const badge = new SCIMMY.Types.SchemaDefinition('Badge', BADGE, 'Badge', [
    new SCIMMY.Types.Attribute('string', 'number'),
    new SCIMMY.Types.Attribute('string', 'issued', { mutable: false }),
  ]);
  SCIMMY.Schemas.User.definition.extend(SCIMMY.Schemas.EnterpriseUser.definition).extend(badge);
  SCIMMY.Resources.declare(SCIMMY.Resources.User);
  SCIMMY.Resources.User.egress(({ id, filter }, { server: { users } }: Context) => {
    if (id === undefined) return filter ? filter.match([...users.values()]) : [...users.values()];
    const user = users.get(id);
    if (!user) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`);
    return user;
  });
  SCIMMY.Resources.User.ingress(({ id }, instance, context: Context) => store(context, id, instance));
}

/** Stores a user in the place of the one with this id, or as a new one. */
function store({ server, condition, etag }: Context, id: string | undefined, instance: object): StoredUser {
  if (id !== undefined) {
    const { beforeWrite } = server;
    server.beforeWrite = undefined;
    beforeWrite?.();
  }
  const known = id === undefined ? undefined : server.users.get(id);
  if (id !== undefined && !known) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`);
  if (etag && condition !== undefined && condition !== known?.meta.version) {
    throw new SCIMMY.Types.Error(412, '', 'The resource has changed');
  }
  const password: unknown = Reflect.get(instance, 'password');
  const key = id ?? randomUUID();
  if (typeof password === 'string') server.passwords.set(key, password);
  // SCIMMY has checked it.
  const written = JSON.parse(JSON.stringify(instance)) as StoredUser;
  const groups = known?.['groups'];
  const meta = { ...(etag && { version: `W/"${nextVersion()}"` }) };
  const user: StoredUser = { ...written, ...(groups !== undefined && { groups }), id: key, meta };
  server.users.set(key, user);
  return user;
}

let versions = 0;

function nextVersion(): number {
  versions += 1;
  return versions;
}
