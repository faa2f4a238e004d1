import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installNode, installPackage, pathWith } from '../support/program/npm.ts';
import { type Ran, runCommand } from '../support/program/run-program.ts';

/** Somebody with one version of Node, the npm that comes with it, and an empty folder. */
export interface User {
  /** Such as `22.13.0`. */
  node: string;
  npm: string;
  /** The SQLite inside this Node; undefined where it has none. */
  sqlite: string | undefined;
  folder: string;
  /** What the user's programs are started with. */
  env: Record<string, string>;
  /** The packages in the folder. */
  packages(): string[];
  runNpm(...args: string[]): Promise<Ran>;
  /** How `npx update-user-mcp` with these arguments is started. */
  npx(...args: string[]): { command: string; args: string[]; cwd: string };
  runNpx(args: string[], env?: Record<string, string>): Promise<Ran>;
}

/** `version` is one of Node, such as `24` for the newest of that line. `downloads` keeps Node and npm for the next run. */
export async function createUser(downloads: string, version: string): Promise<User> {
  const executable = installNode(downloads, version);
  const shown = await runCommand(executable, ['-p', 'JSON.stringify(process.versions)'], { env: {} });
  const { node, sqlite } = JSON.parse(shown.stdout) as { node: string; sqlite?: string };
  const major = Number(node.split('.')[0]) >= 24 ? 11 : 10;
  installPackage(join(downloads, `npm-${major}`), `npm@${major}`, executable);
  const npmFolder = join(downloads, `npm-${major}`, 'node_modules', 'npm');
  const { version: npm } = JSON.parse(readFileSync(join(npmFolder, 'package.json'), 'utf8')) as { version: string };

  // Outside the checkout, whose package.json npm would find above the folder.
  const folder = mkdtempSync(join(tmpdir(), `update-user-node-${version}-`));
  const env = { PATH: pathWith(executable), HOME: folder, npm_config_update_notifier: 'false' };
  const npx = (...args: string[]) => ({
    command: executable,
    args: [join(npmFolder, 'bin', 'npx-cli.js'), 'update-user-mcp', ...args],
    cwd: folder,
  });
  return {
    node,
    npm,
    sqlite,
    folder,
    env,
    packages: () => readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    runNpm: (...args) =>
      runCommand(
        executable,
        [join(npmFolder, 'bin', 'npm-cli.js'), ...args, '--prefer-offline', '--no-audit', '--no-fund'],
        {
          cwd: folder,
          env: { ...env, ...networkSettings(), HOME: process.env['HOME'] ?? folder },
        },
      ),
    npx,
    runNpx: (args, more = {}) => {
      const { command, args: all, cwd } = npx(...args);
      return runCommand(command, all, { cwd, env: { ...env, ...more } });
    },
  };
}

/** How to reach the registry is a setting of the user who runs this: in the environment, or in `.npmrc` at home. */
function networkSettings(): Record<string, string> {
  const names = /^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy)$/i;
  const set = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && names.test(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(set);
}
