import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Ran, runCommand } from '../support/program/run-program.ts';
import { ROOT } from '../support/sources/read.ts';

/** What `npm pack --json` says of the tarball. */
export interface Packed {
  filename: string;
  /** In bytes. */
  unpackedSize: number;
  files: { path: string; size: number }[];
}

/** An empty folder with the packed program in it, as somebody would install it who has no network. */
export interface Installation {
  packed: Packed;
  /** Where npm was run: `node_modules` is in it. */
  folder: string;
  /** What programs are started with: nothing of the environment of the tests but the PATH. */
  env: Record<string, string>;
  npm(...args: string[]): Promise<Ran>;
  run(args: readonly string[], env?: Record<string, string>): Promise<Ran>;
}

/** Packs what `npm run build` built, and installs it for all tests of a file. */
export function useInstallation(): Installation {
  const installation = {} as Installation; // filled in below, before the first test
  beforeAll(async () => void Object.assign(installation, await install()));
  afterAll(() => rmSync(installation.folder, { recursive: true, force: true }));
  return installation;
}

async function install(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-package-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, npm_config_cache: join(folder, 'cache') };
  const npmIn = async (cwd: string, args: readonly string[]): Promise<Ran> => {
    // Before the arguments: after `--` they would be the program's.
    const options = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
    const ran = await runCommand('npm', [...options, ...args], { cwd, env });
    if (ran.code !== 0) throw new Error(`npm ${args.join(' ')}: ${ran.stderr}`);
    return ran;
  };
  const { stdout } = await npmIn(ROOT, ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const [packed] = JSON.parse(stdout) as [Packed];
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await npmIn(folder, ['install', `./${packed.filename}`]);
  const program = join(folder, 'node_modules', '.bin', 'update-user-mcp');
  return {
    packed,
    folder,
    env,
    npm: (...args) => npmIn(folder, args),
    run: (args, more = {}) => runCommand(program, args, { cwd: folder, env: { ...env, ...more } }),
  };
}

/** The packages in a folder that npm installed into. */
export function packagesIn(folder: string): string[] {
  return readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
}

/** Puts the driver that old versions of Node need into `node_modules`, from those of the tests. */
export function addDriver(modules: string): void {
  const driver = join('@photostructure', 'sqlite');
  mkdirSync(join(modules, '@photostructure'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', driver), join(modules, driver), 'dir');
}
