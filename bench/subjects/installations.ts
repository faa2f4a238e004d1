import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../client.ts';
import { type NpmOptions, npm, pack } from '../npm.ts';
import {
  CONVERTER,
  GENERATOR,
  generateProject,
  KEYCLOAK,
  startConverter,
  startGenerated,
  startKeycloak,
  VERSIONS,
} from './peers.ts';
import { ours, SQLITE, type Surroundings } from './servers.ts';

/** The generator's project as another machine gets it: generated and compiled before. */
export const GENERATED = `${GENERATOR}, its project`;
/** What npm takes to install a package without content. */
export const EMPTY = 'npm with an empty package';

/**
 * A server as its users get it: everything between an empty folder and the command that starts it. Its own tarball is at
 * hand, everything else comes from npm.
 */
export interface Installation {
  name: string;
  /** Installs into an empty folder. Returns how the server is started; undefined if there is none. */
  install(folder: string, options: Omit<NpmOptions, 'cwd'>): Promise<Command | undefined>;
}

/** What follows the installation, up to the command that starts the server. */
type Prepare = (folder: string, options: Omit<NpmOptions, 'cwd'>) => Promise<Command> | Command | undefined;

/** The product of this checkout, packed as for publishing. */
export async function ownInstallation(surroundings: Surroundings, root: string): Promise<Installation> {
  const tarball = await pack(surroundings.scratch, '.', root);
  return fromTarball(SQLITE, tarball, (folder) => {
    const program = join(folder, 'node_modules', 'update-user-mcp', 'dist', 'main.js');
    return ours(surroundings, { store: 'file', program }).command;
  });
}

export async function emptyInstallation({ scratch }: Surroundings): Promise<Installation> {
  const folder = mkdtempSync(join(scratch, 'empty-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0' }));
  return fromTarball(EMPTY, await pack(scratch, '.', folder), () => undefined);
}

/** Those that can be had, and one sentence for each of the others. */
export async function peerInstallations(
  surroundings: Surroundings,
): Promise<{ installations: Installation[]; missing: string[] }> {
  const tool = () =>
    download(surroundings, GENERATOR, async (folder, options) => {
      const project = join(folder, 'generated');
      await generateProject(surroundings, folder, project, options);
      return startGenerated(surroundings, project);
    });
  const generated = async () =>
    fromTarball(GENERATED, await packGenerated(surroundings, await tool()), (folder) =>
      startGenerated(surroundings, join(folder, 'node_modules', 'generated')),
    );
  const makers: Record<string, () => Promise<Installation>> = {
    [CONVERTER]: () => download(surroundings, CONVERTER, (folder) => startConverter(surroundings, folder)),
    [KEYCLOAK]: () => download(surroundings, KEYCLOAK, (folder) => startKeycloak(surroundings, folder)),
    [GENERATED]: generated,
    [GENERATOR]: tool,
  };
  const installations: Installation[] = [];
  const missing: string[] = [];
  for (const [name, make] of Object.entries(makers)) {
    try {
      installations.push(await make());
    } catch (error) {
      missing.push(`the installation of ${name} is NOT MEASURED: ${String(error).slice(0, 400)}`);
    }
  }
  return { installations, missing };
}

async function download(surroundings: Surroundings, name: keyof typeof VERSIONS, prepare: Prepare) {
  const { scratch } = surroundings;
  return fromTarball(name, await pack(scratch, `${name}@${VERSIONS[name]}`, scratch), prepare);
}

async function packGenerated(surroundings: Surroundings, tool: Installation): Promise<string> {
  const folder = mkdtempSync(join(surroundings.scratch, 'generated-'));
  await tool.install(folder, {});
  const project = join(folder, 'generated');
  await npm(['pkg', 'set', 'files[]=build'], { cwd: project });
  return await pack(surroundings.scratch, '.', project);
}

/** `npm install` of a tarball file. Scripts are left out, which is in favour of packages that have some. */
function fromTarball(name: string, tarball: string, prepare: Prepare): Installation {
  return {
    name,
    async install(folder, options) {
      await npm(['install', '--prefix', folder, '--ignore-scripts', tarball], { ...options, cwd: folder });
      return await prepare(folder, options);
    },
  };
}
