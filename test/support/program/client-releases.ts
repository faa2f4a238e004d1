/** The releases that were tried last, by the client's id in the registry, and when. Change them together. */
export const TRIED_ON = '2026-11-28';
export const RELEASES = {
  'claude-code': { package: '@anthropic-ai/claude-code', version: '2.1.332' },
  codex: { package: '@openai/codex', version: '0.171.0' },
  gemini: { package: '@google/gemini-cli', version: '0.61.0' },
  opencode: { package: 'opencode-ai', version: '1.18.33' },
  'copilot-cli': { package: '@github/copilot', version: '1.0.102' },
};
