import type { App } from './app.ts';

/** It speaks three dialects to a model of one's own, and rewrites schemas in each its own way. */
const kinds = {
  'Chat Completions': { COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_WIRE_API: 'completions', path: '/v1' },
  Responses: { COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_WIRE_API: 'responses', path: '/v1' },
  Messages: { COPILOT_PROVIDER_TYPE: 'anthropic', path: '' },
};

export const copilot: App[] = Object.entries(kinds).map(([kind, { path, ...dialect }]) => {
  const ask = (prompt: string, model: string) => ({
    args: ['-p', prompt, '--allow-all-tools', '--no-auto-update', '--disable-client-telemetry'],
    env: { ...dialect, COPILOT_PROVIDER_BASE_URL: model + path },
  });
  return {
    name: `Copilot CLI, ${kind}`,
    id: 'copilot-cli',
    bin: 'copilot',
    oldestNode: 22,
    env: { COPILOT_OFFLINE: 'true', COPILOT_PROVIDER_API_KEY: 'unused', COPILOT_MODEL: 'model' },

    start({ write, server, model, prompt }) {
      write('.copilot/mcp-config.json', { mcpServers: { 'update-user': { type: 'local', ...server, tools: ['*'] } } });
      return ask(prompt, model);
    },

    /** Its `mcp list` starts no server. In a session, a tool is offered as `server-tool_name`. */
    async servers(run, model) {
      const { args, env } = ask('Who is there?', model.url);
      // Trusts the project, too.
      await run(args, { env: { ...env, COPILOT_ALLOW_ALL: 'true' } });
      const names = model.tools().map(({ name }) => /^(.+)-\w+$/.exec(name)?.[1]);
      return Object.fromEntries(names.flatMap((name) => (name === undefined ? [] : [[name, 'connected']])));
    },
  };
});
