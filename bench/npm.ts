import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

export interface NpmOptions {
  cwd: string;
  /** A cache folder other than the user's. */
  cache?: string;
  /** Only what the cache holds; a missing package is an error. */
  offline?: boolean;
}

/** Runs npm, with this Node, without what depends on the user or the day: settings of an outer `npm run`, audits, notices. Returns stdout. */
export async function npm(args: readonly string[], { cwd, cache, offline }: NpmOptions): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_loglevel: 'error',
    ...(cache && { npm_config_cache: cache }),
    ...(offline && { npm_config_offline: 'true' }),
  };
  const options = { cwd, env, timeout: 180_000, shell: process.platform === 'win32' };
  return (await promisify(execFile)('npm', [...args], options)).stdout;
}

/** Packs the package in a folder, or one of the registry, and returns the path of the tarball's file. */
export async function pack(into: string, spec: string, cwd: string): Promise<string> {
  const packed = await npm(['pack', spec, '--json', '--pack-destination', into], { cwd });
  const [{ filename } = { filename: '' }] = JSON.parse(packed.slice(packed.indexOf('['))) as { filename: string }[];
  return `${into}/${filename}`;
}
