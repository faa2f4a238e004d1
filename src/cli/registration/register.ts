import { existsSync, lstatSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import type { Client } from '../clients/client.ts';
import { currentPlace } from '../clients/folders.ts';
import { chooseProviders, presetOf } from '../starter.ts';
import { configWithPresets, existingConfig, newConfig, type RegisteredConfig, writeConfig } from './config-file.ts';
import { EditError } from './edit.ts';
import { editFile } from './edit-file.ts';
import { refuseOutside } from './project.ts';
import { entryFor, parseServerUrl, type Registered } from './server.ts';

export interface RegisterOptions {
  clients: readonly Client[];
  name: string;
  /** Changes files. Otherwise only finds out what would be changed. */
  write: boolean;
  /** The project's folder, for the files of a project instead of the user's. */
  project?: string | undefined;
  url?: string | undefined;
  providers?: string[] | undefined;
  /** A configuration file that exists. */
  config?: string | undefined;
  /** A configuration file that is created if it does not exist. */
  file?: string | undefined;
}

/** What became of the file of one client. */
export interface Registration {
  client: Client;
  file: string;
  scope: 'user' | 'project';
  entry: JsonObject;
  server: Registered;
  outcome: 'added' | 'would_add' | 'unchanged' | 'occupied' | 'failed';
  /** What is added to the file. */
  lines: readonly string[];
  isNew: boolean;
  /** Why nothing was changed. */
  problem?: string;
}

export interface Registrations {
  results: readonly Registration[];
  /** The configuration file that at least one entry names. */
  config?: RegisteredConfig;
}

const DEFAULT_CONFIG = 'mcp.config.json';

/**
 * Registers this server with clients. Each client is handled by itself: a file that cannot be changed leaves the others
 * alone. Throws a UsageError before anything is written.
 */
export async function register(options: RegisterOptions): Promise<Registrations> {
  const planned = await plan(options);
  const previews: Registration[] = [];
  for (const one of planned.entries) previews.push(await attempt(one, options, true));
  const { config } = planned;
  const used = config && { config };
  if (!options.write) return { results: previews, ...used };
  const isNeeded = previews.some(({ outcome, server }) => outcome === 'would_add' && usesConfig(server));
  if (config && isNeeded) writeConfig(config);
  const results: Registration[] = [];
  for (const preview of previews) {
    results.push(preview.outcome === 'would_add' ? await attempt(preview, options, false) : preview);
  }
  return { results, ...used };
}

type Planned = Pick<Registration, 'client' | 'file' | 'scope' | 'entry' | 'server'>;

/** What is to be registered where. Reads no file of a client. */
async function plan(options: RegisterOptions): Promise<{ entries: Planned[]; config?: RegisteredConfig }> {
  const { clients, project } = options;
  const url = options.url === undefined ? undefined : parseServerUrl(options.url);
  const config = url === undefined ? await chooseConfig(options) : undefined;
  const { required, optional } = config?.inEnvironment ?? { required: [], optional: [] };
  const entries = clients.map((client): Planned => {
    const place = { client, file: fileOf(client, project), scope: project === undefined ? 'user' : 'project' } as const;
    if (url !== undefined) {
      const server: Registered = { kind: 'remote', url };
      return { ...place, server, entry: entryFor(client, server) };
    }
    const own = config?.file && (config.isForAll || client.references.kind === 'none') ? config.file : undefined;
    const server: Registered = {
      kind: 'local',
      variables: own?.variables ?? { required, optional },
      ...(own && { config: own.path }),
    };
    return { ...place, server, entry: entryFor(client, server, (path) => inProject(client, project, path)) };
  });
  return { entries, ...(config?.file && entries.some(({ server }) => usesConfig(server)) && { config: config.file }) };
}

interface ChosenConfig {
  file?: RegisteredConfig;
  /** Whether every client gets the file, and not only one that resolves no references. */
  isForAll: boolean;
  /** The variables of a registration without a file. */
  inEnvironment: RegisteredConfig['variables'];
}

/** With variables alone no file is needed, except for a preset, and by a client that cannot pass them on. */
async function chooseConfig({ clients, config, file, providers }: RegisterOptions): Promise<ChosenConfig> {
  const chosen = await chooseProviders(providers);
  const presets = chosen.flatMap((provider) => presetOf(provider) ?? []);
  const isNeeded = clients.some(({ references }) => references.kind === 'none');
  const path = resolve(config ?? file ?? DEFAULT_CONFIG);
  const made = newConfig(path, chosen, { secretsInFiles: isNeeded });
  const inEnvironment = newConfig(path, chosen, { secretsInFiles: false }).variables;
  if (config !== undefined) return { file: existingConfig(path), isForAll: true, inEnvironment };
  const found = existsSync(path) ? configWithPresets(path, presets) : made;
  if (file !== undefined || presets.length > 0) return { file: found, isForAll: true, inEnvironment };
  return { ...(isNeeded && chosen.length > 0 && { file: found }), isForAll: false, inEnvironment };
}

function usesConfig(server: Registered): boolean {
  return server.kind === 'local' && server.config !== undefined;
}

/** Of several files the first that exists, also as a link to nothing; else the last. Throws a UsageError if it has none. */
function fileOf(client: Client, project: string | undefined): string {
  const files =
    project === undefined
      ? client.userFiles(currentPlace())
      : client.projectFiles.map((name) => join(project, ...name.split('/')));
  const last = files.at(-1);
  if (last === undefined) {
    throw new UsageError(
      `--project: ${client.title} has no file for a project; leave --project out to change the user’s file`,
    );
  }
  if (!isAbsolute(last)) {
    throw new UsageError(
      `${last}: would depend on the current folder. Set HOME, and variables that move the files of ${client.title}, to absolute paths`,
    );
  }
  return files.find((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined) ?? last;
}

/** A path inside a project by the client's name for its folder, so that the entry is right for everyone. */
function inProject({ projectFolder }: Client, project: string | undefined, path: string): string {
  if (project === undefined || projectFolder === undefined) return path;
  const way = relative(project, path);
  const isInside = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  return isInside ? `${projectFolder}/${way.split(sep).join('/')}` : path;
}

async function attempt(planned: Planned, options: RegisterOptions, dryRun: boolean): Promise<Registration> {
  const { client, file, scope, entry, server } = planned;
  const { name, project } = options;
  const { servers, syntax, newFile } = client;
  const base = { client, file, scope, entry, server, lines: [], isNew: false };
  try {
    if (project !== undefined) await refuseOutside(project, file);
    const edit = await editFile(file, { servers, name, entry, ...(newFile && { newFile }) }, { syntax, dryRun });
    if (edit.kind === 'unchanged') return { ...base, outcome: 'unchanged' };
    if (edit.kind === 'added') {
      const { lines, isNew } = edit;
      return { ...base, outcome: dryRun ? 'would_add' : 'added', lines, isNew };
    }
    const runs = edit.runs === undefined ? '' : ` (it runs ${edit.runs})`;
    const problem = `has another entry "${name}"${runs}: remove it there, or choose another name with --name`;
    return { ...base, outcome: 'occupied', problem };
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    return { ...base, outcome: 'failed', problem: error.message };
  }
}
