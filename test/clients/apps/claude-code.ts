import { TOOLS } from '../steps.ts';
import { type App, readStates, writerIn } from './app.ts';

export const claudeCode: App = {
  name: 'Claude Code',
  id: 'claude-code',
  bin: 'claude',
  oldestNode: 20, // the package asks for 22, but is a program of its own
  env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
  search: {
    tool: 'ToolSearch',
    args: { query: `select:${TOOLS.map((name) => `mcp__update-user__${name}`).join()}`, max_results: TOOLS.length },
  },

  start({ write, server, model, prompt }) {
    write('.claude.json', {
      hasCompletedOnboarding: true,
      mcpServers: { 'update-user': { type: 'stdio', ...server } },
    });
    return {
      args: ['-p', prompt, '--allowedTools', 'mcp__update-user'],
      env: { ANTHROPIC_BASE_URL: model, ANTHROPIC_API_KEY: 'unused' },
    };
  },

  trust: ({ home }) => writerIn(home)('.claude/settings.json', { enableAllProjectMcpServers: true }),

  async servers(run) {
    const { output } = await run(['mcp', 'list']);
    return readStates(output, /^(?<name>\S+): .* - [^\w\s] (?<state>.+)$/gm);
  },

  bundle: {
    folder: 'claude-plugin',
    commands: (path) => [
      ['plugin', 'validate', '--strict', path],
      ['plugin', 'validate', '--profile', 'directory', path],
      ['plugin', 'install', 'update-user-mcp', '--marketplace', path],
    ],
    server: 'plugin:update-user-mcp:update-user',
  },
};
