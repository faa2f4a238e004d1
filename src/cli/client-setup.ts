import { toShellWord } from '../lib/text/quote.ts';
import type { Variables } from './starter.ts';

/** How to register this server with a client: a command, or a block for its configuration file. */
export interface Registration {
  client: string;
  line: string;
}

/**
 * Registrations with a configuration file and the names of the variables it refers to; values stay in the environment.
 * Each client has its own syntax for references (https://cursor.com/docs/context/mcp, https://code.visualstudio.com/docs/reference/variables-reference,
 * https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md); in a command the shell resolves
 * them. An unset optional variable has to arrive as an empty string: Gemini CLI leaves `$NAME` as it is without a default.
 */
export function registrations(config: string, { required, optional }: Variables): Registration[] {
  const args = ['-y', 'update-user-mcp', '--config', config];
  const command = `npx ${args.map((word) => toShellWord(word)).join(' ')}`;
  const variables = [...required, ...optional];
  const flags = variables.map((name) => ` --env ${name}="$${name}"`).join('');
  const block = (key: string, reference: (name: string) => string, entry: object = {}) => {
    const env = Object.fromEntries(variables.map((name) => [name, reference(name)]));
    const server = { ...entry, command: 'npx', args, ...(variables.length > 0 && { env }) };
    return JSON.stringify({ [key]: { 'update-user': server } }, null, 2);
  };
  const braces = (name: string) => `\${env:${name}}`;
  const gemini = (name: string) => (optional.includes(name) ? `\${${name}:-}` : `$${name}`);
  return [
    // `--env` takes any number of values, so another option has to come between it and the name.
    { client: 'Claude Code', line: `claude mcp add${flags} --transport stdio update-user -- ${command}` },
    { client: 'Cursor (.cursor/mcp.json)', line: block('mcpServers', braces) },
    { client: 'VS Code (.vscode/mcp.json)', line: block('servers', braces, { type: 'stdio' }) },
    { client: 'Codex', line: `codex mcp add update-user${flags} -- ${command}` },
    { client: 'Gemini CLI (.gemini/settings.json)', line: block('mcpServers', gemini) },
  ];
}
