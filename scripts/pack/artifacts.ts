import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_SCHEMAS, unpackExtension } from '@anthropic-ai/mcpb';
import { toEnv } from '../../src/sandbox/credentials.ts';
import { claudePluginManifests } from './claude-plugin.ts';
import { type Additions, packagedFiles, writeFolder } from './folder.ts';
import { geminiExtensionManifests } from './gemini-extension.ts';
import { claudeCode, claudeDesktop, geminiCli, type Host } from './hosts.ts';
import { ICON, mcpbManifest, zipFolder } from './mcpb.ts';
import { product } from './product.ts';
import { askServer, type ServerFacts } from './running-server.ts';

/** What a host installs. */
export interface Artifact {
  name: string;
  /** The files as the host has them, so of a bundle the unpacked ones. */
  folder: string;
  host: Host;
}

export interface Bundle {
  file: string;
  /** In lower-case hex. */
  sha256: string;
}

/** Credentials that connect every provider, to a port that nobody listens on. */
const EVERYTHING = toEnv('http://127.0.0.1:9');

/** What the built program in `root` says about itself when every provider is connected. */
export async function describeProgram(root: string): Promise<ServerFacts> {
  return await askServer({ command: 'node', args: [join(root, product.entry)], env: EVERYTHING });
}

/** Where artefacts come from and where they go. */
export interface Places {
  /** The package, built. */
  root: string;
  /** Gets the bundle and the two folders. */
  out: string;
  /** The bundle is packed and unpacked here. */
  work: string;
}

/** Makes every artefact. `packaged` are the files of the package. */
export async function makeArtifacts(
  { root, out, work }: Places,
  facts: ServerFacts,
  packaged: readonly string[] = packagedFiles(root),
): Promise<{ artifacts: Artifact[]; bundle: Bundle }> {
  const write = (folder: string, additions: Additions) => writeFolder(folder, root, packaged, additions);
  mkdirSync(out, { recursive: true });

  const manifest = MANIFEST_SCHEMAS['0.3'].parse(mcpbManifest(facts));
  const file = join(out, `${product.name}.mcpb`);
  const packed = join(work, 'packed');
  zipFolder(packed, write(packed, { manifests: { 'manifest.json': manifest }, icon: ICON }), file);
  const unpacked = join(work, 'unpacked');
  if (!(await unpackExtension({ mcpbPath: file, outputDir: unpacked, silent: true }))) {
    throw new Error(`${file} cannot be unpacked`);
  }

  const plugin = join(out, 'claude-plugin');
  write(plugin, { manifests: claudePluginManifests(), icon: '.claude-plugin/icon.png' });
  const extension = join(out, 'gemini-extension');
  write(extension, { manifests: geminiExtensionManifests() });
  return {
    artifacts: [
      { name: 'MCP bundle', folder: unpacked, host: claudeDesktop },
      { name: 'Claude Code plugin', folder: plugin, host: claudeCode },
      { name: 'Gemini CLI extension', folder: extension, host: geminiCli },
    ],
    bundle: { file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') },
  };
}

/**
 * Starts an artefact as its host does: with every setting empty, and with every provider connected. Throws if it does not
 * start, or lists other tools than the program it was made from.
 */
export async function checkArtifact({ name, folder, host }: Artifact, facts: ServerFacts): Promise<void> {
  const empty = await askServer(await host(folder, {}));
  if (empty.tools.length > 0) throw new Error(`${name}: tools are listed although nothing is connected`);
  const full = await askServer(await host(folder, EVERYTHING));
  if (JSON.stringify(full) !== JSON.stringify(facts)) throw new Error(`${name}: not the tools of the built program`);
}
