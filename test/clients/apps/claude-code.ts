import { TOOLS } from '../steps.ts';
import type { App } from './app.ts';

export const claudeCode: App = {
  name: 'Claude Code',
  package: '@anthropic-ai/claude-code',
  bin: 'claude',
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
      env: {
        ANTHROPIC_BASE_URL: model,
        ANTHROPIC_API_KEY: 'unused',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      },
    };
  },
};
