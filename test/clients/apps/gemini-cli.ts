import type { App } from './app.ts';

export const geminiCli: App = {
  name: 'Gemini CLI',
  package: '@google/gemini-cli',
  bin: 'gemini',
  // It offers this property with every tool, and takes it out again before it calls.
  extra: { wait_for_previous: true },

  start({ write, server, model, prompt }) {
    write('.gemini/settings.json', {
      mcpServers: { 'update-user': server },
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
    });
    return {
      args: ['-m', 'gemini-2.5-pro', '--skip-trust', '--approval-mode', 'yolo', '-p', prompt],
      env: { GEMINI_API_KEY: 'unused', GOOGLE_GEMINI_BASE_URL: model },
    };
  },
};
