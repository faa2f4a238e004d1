import { type App, readStates } from './app.ts';

/** It rewrites schemas by the kind of model, so every kind is its own row. */
const kinds = {
  'Chat Completions': { npm: '@ai-sdk/openai-compatible', path: '/v1' },
  Responses: { npm: '@ai-sdk/openai', path: '/v1' },
  Messages: { npm: '@ai-sdk/anthropic', path: '/v1' },
  Gemini: { npm: '@ai-sdk/google', path: '/v1beta' },
};

export const opencode: App[] = Object.entries(kinds).map(([kind, { npm, path }]) => ({
  name: `opencode, ${kind}`,
  id: 'opencode',
  bin: 'opencode',
  oldestNode: 20,
  env: { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' },

  start({ write, server, model, prompt }) {
    write('.config/opencode/opencode.json', {
      autoupdate: false,
      share: 'disabled',
      model: 'local/model',
      provider: {
        local: { npm, options: { baseURL: model + path, apiKey: 'unused' }, models: { model: { name: 'model' } } },
      },
      mcp: {
        'update-user': {
          type: 'local',
          command: [server.command, ...server.args],
          environment: server.env,
          enabled: true,
        },
      },
    });
    return { args: ['run', prompt], env: {} };
  },

  async servers(run) {
    const { output } = await run(['mcp', 'list']);
    return readStates(output, /^● +\S (?<name>\S+) (?<state>.+)$/gm);
  },
}));
