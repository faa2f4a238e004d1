import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The secrets that a configuration of deploy/ reads from files. */

const REFERENCE = /\$\{file:([^}]+)\}/g;

/** The paths of `${file:…}`, sorted. */
export function secretFilesOf(config: string): string[] {
  return [...new Set([...config.matchAll(REFERENCE)].map(([, path = '']) => path))].toSorted();
}

export interface WrittenSecrets {
  /** The configuration, which reads them from `folder`. */
  file: string;
  /** The token whose hash is among them. */
  token: string;
}

/**
 * Writes a value for each secret, into files that are named as the configuration names them: a key, a hash of a token, a
 * store in memory, and any text. Writes the configuration itself into the folder `into`.
 */
export function writeSecrets(
  config: string,
  { folder, mode, into }: { folder: string; mode: number; into: string },
): WrittenSecrets {
  const token = randomBytes(24).toString('base64url');
  const known: Record<string, string> = { key: randomBytes(32).toString('base64'), store: 'memory' };
  const hash = createHash('sha256').update(token).digest('hex');
  mkdirSync(folder, { recursive: true });
  for (const path of secretFilesOf(config)) {
    const name = basename(path);
    const target = join(folder, name);
    writeFileSync(target, `${known[name] ?? (name.endsWith('.sha256') ? hash : randomBytes(12).toString('hex'))}\n`);
    chmodSync(target, mode);
  }
  const file = join(into, 'mcp.config.json');
  writeFileSync(
    file,
    config.replaceAll(REFERENCE, (_, path: string) => `\${file:${join(folder, basename(path))}}`),
  );
  return { file, token };
}
