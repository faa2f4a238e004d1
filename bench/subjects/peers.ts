import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ToolResult } from '../client.ts';
import { start } from '../client.ts';
import type { Subject, Surroundings } from './servers.ts';

/**
 * The alternatives: two tools that turn an OpenAPI description into a server, and a server for one product. They are
 * installed into a folder of their own, never into the package. A peer that cannot be installed or started is reported.
 */
export const CONVERTER = '@ivotoby/openapi-mcp-server';
export const GENERATOR = 'openapi-mcp-generator';
export const KEYCLOAK = 'keycloak-mcp-server';

const VERSIONS = { [CONVERTER]: '1.16.1', [GENERATOR]: '4.0.1', [KEYCLOAK]: '2.0.0' };

export interface Peers {
  subjects: Subject[];
  /** One sentence for each peer that could not be measured. */
  missing: string[];
}

export async function preparePeers(surroundings: Surroundings, folder: string): Promise<Peers> {
  const subjects: Subject[] = [];
  const missing: string[] = [];
  for (const make of [converter, generator, keycloak]) {
    try {
      const subject = await make(surroundings, folder);
      await tryOut(subject);
      subjects.push(subject);
    } catch (error) {
      missing.push(`${make.name} is NOT MEASURED: ${String(error).slice(0, 400)}`);
    }
  }
  return { subjects, missing };
}

async function tryOut(subject: Subject): Promise<void> {
  const running = await start(subject.command);
  try {
    const answer = await running.call(subject.update('person-0', 0));
    if (!subject.isDone(answer))
      throw new Error(`unexpected result of its update: ${JSON.stringify(answer).slice(0, 200)}`);
  } finally {
    await running.stop();
  }
}

async function converter({ vendorUrl, scratch }: Surroundings, folder: string): Promise<Subject> {
  await install(folder);
  const spec = join(scratch, 'openapi.json');
  writeFileSync(spec, JSON.stringify(describeApi(vendorUrl)));
  const main = join(folder, 'node_modules', CONVERTER, 'bin', 'mcp-server.js');
  return {
    name: CONVERTER,
    command: { args: [main, '--api-base-url', vendorUrl, '--openapi-spec', spec] },
    update: (userId, nth) => ({ name: 'upd-usr', arguments: { userId, position: `Engineer ${nth}` } }),
    isDone: isWritten,
    requests: 1,
  };
}

/** Generates a project, which is installed and compiled as its documentation says. */
async function generator({ vendorUrl, scratch }: Surroundings, folder: string): Promise<Subject> {
  await install(folder);
  const spec = join(scratch, 'openapi.json');
  writeFileSync(spec, JSON.stringify(describeApi(vendorUrl)));
  const project = join(folder, 'generated');
  const main = join(project, 'build', 'index.js');
  if (!existsSync(main)) {
    const tool = join(folder, 'node_modules', GENERATOR, 'bin', 'openapi-mcp-generator.js');
    await run(process.execPath, [tool, '-i', spec, '-o', project, '-n', 'generated', '--force'], folder);
    await run('npm', ['install', '--no-audit', '--no-fund'], project);
    await run('npm', ['run', 'build'], project);
  }
  return {
    name: GENERATOR,
    command: { args: [main], env: { API_BASE_URL: vendorUrl } },
    update: (userId, nth) => ({
      name: 'updateUser',
      arguments: { userId, requestBody: { position: `Engineer ${nth}` } },
    }),
    isDone: isWritten,
    requests: 1,
  };
}

/** Signs in for every call: two requests. */
async function keycloak({ vendorUrl }: Surroundings, folder: string): Promise<Subject> {
  await install(folder);
  const env = { KEYCLOAK_URL: vendorUrl, KEYCLOAK_ADMIN: 'admin', KEYCLOAK_ADMIN_PASSWORD: 'admin' };
  return {
    name: KEYCLOAK,
    command: { args: [join(folder, 'node_modules', KEYCLOAK, 'dist', 'index.js')], env },
    update: (userId, nth) => ({
      name: 'update-user',
      arguments: { realm: 'bench', userId, firstName: `Jane ${nth}` },
    }),
    isDone: (answer) => answer.isError !== true && /updated successfully/.test(answer.content?.[0]?.text ?? ''),
    requests: 2,
  };
}

function isWritten(answer: ToolResult): boolean {
  return answer.isError !== true && /"position": ?"Engineer/.test(answer.content?.[0]?.text ?? '');
}

let installed: Promise<void> | undefined;

function install(folder: string): Promise<void> {
  installed ??= installOnce(folder);
  return installed;
}

async function installOnce(folder: string): Promise<void> {
  const versions = JSON.stringify(VERSIONS);
  const marker = join(folder, 'installed.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === versions) return;
  mkdirSync(folder, { recursive: true });
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', ...packages], folder);
  writeFileSync(marker, versions);
}

async function run(command: string, args: string[], cwd: string): Promise<void> {
  await promisify(execFile)(command, args, { cwd, timeout: 180_000, shell: process.platform === 'win32' });
}

/** The vendor's update call, with the fields the product declares for it. */
function describeApi(url: string) {
  const names = ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'position', 'language'];
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', nullable: true }]));
  const content = { 'application/json': { schema: { type: 'object', properties } } };
  const update = {
    operationId: 'updateUser',
    summary: 'Updates the user with the specified id',
    parameters: [{ name: 'userId', in: 'path', required: true, schema: { type: 'string' } }],
    requestBody: { required: true, content },
    responses: { 200: { description: 'The updated user', content } },
  };
  return {
    openapi: '3.0.3',
    info: { title: 'Users', version: '1.0.0' },
    servers: [{ url }],
    paths: { '/users/{userId}': { put: update } },
  };
}
