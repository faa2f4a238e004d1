/** How each client is told of this server: a command, or a block for its configuration file. */
export interface Registration {
  client: string;
  line: string;
}

export function registrations(config?: string): Registration[] {
  const args = ['-y', 'update-user-mcp', ...(config === undefined ? [] : ['--config', config])];
  const server = { command: 'npx', args };
  const block = (key: string, entry: object = server) => JSON.stringify({ [key]: { 'update-user': entry } }, null, 2);
  return [
    { client: 'Claude Code', line: `claude mcp add update-user -- npx ${args.join(' ')}` },
    { client: 'Cursor (.cursor/mcp.json)', line: block('mcpServers') },
    { client: 'VS Code (.vscode/mcp.json)', line: block('servers', { type: 'stdio', ...server }) },
    { client: 'Codex', line: `codex mcp add update-user -- npx ${args.join(' ')}` },
    { client: 'Gemini CLI (.gemini/settings.json)', line: block('mcpServers') },
  ];
}
