import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command, ToolResult } from '../client.ts';
import { start } from '../client.ts';
import { type NpmOptions, npm } from '../npm.ts';
import { writeDescription } from './openapi.ts';
import type { Subject, Surroundings } from './servers.ts';

/**
 * The alternatives: two tools that turn an OpenAPI description into a server, and a server for one product. They are
 * installed into a folder of their own, never into the package. A peer that cannot be installed or started is reported.
 */
export const CONVERTER = '@ivotoby/openapi-mcp-server';
export const GENERATOR = 'openapi-mcp-generator';
export const KEYCLOAK = 'keycloak-mcp-server';

export const VERSIONS = { [CONVERTER]: '1.16.1', [GENERATOR]: '4.0.1', [KEYCLOAK]: '2.0.0' };

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
      await install(folder);
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

function converter(surroundings: Surroundings, folder: string): Subject {
  return {
    name: CONVERTER,
    command: startConverter(surroundings, folder),
    update: (userId, nth) => ({ name: 'upd-usr', arguments: { userId, position: `Engineer ${nth}` } }),
    isDone: isWritten,
  };
}

/** How the converter is started from the folder that it is installed in. */
export function startConverter(surroundings: Surroundings, folder: string): Command {
  const main = join(folder, 'node_modules', CONVERTER, 'bin', 'mcp-server.js');
  const spec = writeDescription(surroundings);
  return { args: [main, '--api-base-url', surroundings.vendorUrl, '--openapi-spec', spec] };
}

async function generator(surroundings: Surroundings, folder: string): Promise<Subject> {
  const project = join(folder, 'generated');
  const command = startGenerated(surroundings, project);
  if (!existsSync(command.args[0] ?? '')) await generateProject(surroundings, folder, project);
  return {
    name: GENERATOR,
    command,
    update: (userId, nth) => ({
      name: 'updateUser',
      arguments: { userId, requestBody: { position: `Engineer ${nth}` } },
    }),
    isDone: isWritten,
  };
}

/** Generates a project with the generator installed in `folder`, installs and compiles it as its documentation says. */
export async function generateProject(
  surroundings: Surroundings,
  folder: string,
  project: string,
  options: Omit<NpmOptions, 'cwd'> = {},
): Promise<void> {
  const tool = join(folder, 'node_modules', GENERATOR, 'bin', 'openapi-mcp-generator.js');
  const args = [tool, '-i', writeDescription(surroundings), '-o', project, '-n', 'generated', '--force'];
  await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 180_000 });
  await npm(['install'], { ...options, cwd: project });
  await npm(['run', 'build'], { ...options, cwd: project });
}

/** How a generated and compiled project is started. */
export function startGenerated({ vendorUrl }: Surroundings, project: string): Command {
  return { args: [join(project, 'build', 'index.js')], env: { API_BASE_URL: vendorUrl } };
}

/** Signs in for every call: two requests. */
function keycloak(surroundings: Surroundings, folder: string): Subject {
  return {
    name: KEYCLOAK,
    command: startKeycloak(surroundings, folder),
    update: (userId, nth) => ({
      name: 'update-user',
      arguments: { realm: 'bench', userId, firstName: `Jane ${nth}` },
    }),
    isDone: (answer) => answer.isError !== true && /updated successfully/.test(answer.content?.[0]?.text ?? ''),
  };
}

/** How the Keycloak server is started from the folder that it is installed in. */
export function startKeycloak({ vendorUrl }: Surroundings, folder: string): Command {
  const env = { KEYCLOAK_URL: vendorUrl, KEYCLOAK_ADMIN: 'admin', KEYCLOAK_ADMIN_PASSWORD: 'admin' };
  return { args: [join(folder, 'node_modules', KEYCLOAK, 'dist', 'index.js')], env };
}

function isWritten(answer: ToolResult): boolean {
  return answer.isError !== true && /"position": ?"Engineer/.test(answer.content?.[0]?.text ?? '');
}

async function install(folder: string): Promise<void> {
  const versions = JSON.stringify(VERSIONS);
  const marker = join(folder, 'installed.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === versions) return;
  mkdirSync(folder, { recursive: true });
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  await npm(['install', '--prefix', folder, '--ignore-scripts', ...packages], { cwd: folder });
  writeFileSync(marker, versions);
}
