import type { App } from './app.ts';

/** It speaks three dialects to a model of one's own, and rewrites schemas in each its own way. */
const kinds = {
  'Chat Completions': { COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_WIRE_API: 'completions', path: '/v1' },
  Responses: { COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_WIRE_API: 'responses', path: '/v1' },
  Messages: { COPILOT_PROVIDER_TYPE: 'anthropic', path: '' },
};

export const copilot: App[] = Object.entries(kinds).map(([kind, { path, ...env }]) => ({
  name: `Copilot CLI, ${kind}`,
  package: '@github/copilot',
  bin: 'copilot',

  start({ write, server, model, prompt }) {
    write('.copilot/mcp-config.json', { mcpServers: { 'update-user': { type: 'local', ...server, tools: ['*'] } } });
    return {
      args: ['-p', prompt, '--allow-all-tools', '--no-auto-update', '--disable-client-telemetry'],
      env: {
        ...env,
        COPILOT_OFFLINE: 'true',
        COPILOT_PROVIDER_BASE_URL: model + path,
        COPILOT_PROVIDER_API_KEY: 'unused',
        COPILOT_MODEL: 'model',
      },
    };
  },
}));
