import { join, sep } from 'node:path';
import { getMcpConfigForManifest, type McpbManifestAny } from '@anthropic-ai/mcpb';
import { readJson } from './folder.ts';
import type { StartCommand } from './running-server.ts';

/** How each host makes a command of an artefact and of the values that a person gave, by variable. */

type Values = Readonly<Record<string, string>>;
/** The command that a host runs for the artefact in a folder. */
export type Host = (folder: string, values: Values) => Promise<StartCommand>;

interface Manifest {
  mcpServers: Record<string, StartCommand>;
}

/** Claude Desktop, by the code of the official package; `folder` is the unpacked bundle. */
export const claudeDesktop: Host = async (folder, values) => {
  const manifest = readJson<McpbManifestAny>(folder, 'manifest.json');
  const userConfig = byOption(values);
  const options = { manifest, extensionPath: folder, systemDirs: {}, userConfig, pathSeparator: sep };
  const config = await getMcpConfigForManifest(options);
  if (config === undefined) throw new Error('the bundle demands settings that are not given');
  return { command: config.command, args: config.args ?? [], env: config.env ?? {} };
};

/** Claude Code: an option without a value becomes an empty text. */
export const claudeCode: Host = async (folder, values) => {
  const options = byOption(values);
  return serverOf(readJson<Manifest>(folder, '.claude-plugin', 'plugin.json'), (name) => {
    if (name === 'CLAUDE_PLUGIN_ROOT') return folder;
    return name.startsWith('user_config.') ? (options[name.slice('user_config.'.length)] ?? '') : undefined;
  });
};

/** Gemini CLI: the values of its settings are variables. */
export const geminiCli: Host = async (folder, values) => {
  return serverOf(readJson<Manifest>(folder, 'gemini-extension.json'), (name) => {
    if (name === 'extensionPath') return folder;
    if (name === '/') return sep;
    const [variable = '', fallback] = name.split(':-');
    return values[variable] ?? fallback;
  });
};

/** The one server of a manifest. A placeholder that the host does not know stays as it is. */
function serverOf({ mcpServers }: Manifest, resolve: (name: string) => string | undefined): StartCommand {
  const [server] = Object.values(mcpServers);
  if (server === undefined) throw new Error('the manifest has no server');
  const fill = (text: string) => text.replace(/\$\{([^}]*)\}/g, (found, name: string) => resolve(name) ?? found);
  const env = Object.entries(server.env).map(([name, text]) => [name, fill(text)] as const);
  return { command: fill(server.command), args: server.args.map(fill), env: Object.fromEntries(env) };
}

/** Options are named like variables, in lower case. */
function byOption(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([variable, value]) => [variable.toLowerCase(), value]));
}
