import type { Dialect } from './dialect.ts';

interface Request {
  model: string;
  stream?: boolean;
  tools?: { function: { name: string; parameters?: unknown } }[];
  messages: { role: string; tool_call_id?: string; content: unknown }[];
}

/** OpenAI Chat Completions: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Dialect = {
  serves: (path) => path.endsWith('/chat/completions'),

  tools: (body) =>
    ((body as unknown as Request).tools ?? []).map(({ function: { name, parameters } }) => ({
      name,
      schema: parameters,
    })),

  results: (body) =>
    (body as unknown as Request).messages
      .filter(({ role }) => role === 'tool')
      .map(({ tool_call_id = '', content }) => ({ id: tool_call_id, text: JSON.stringify(content) })),

  answer(body, { call, text }) {
    const { model, stream } = body as unknown as Request;
    const base = { id: 'chatcmpl-1', created: 1, model };
    const called = { index: 0, id: call?.id, type: 'function', function: toFunction(call) };
    const message = { role: 'assistant', ...(call ? { content: null, tool_calls: [called] } : { content: text }) };
    const finish_reason = call ? 'tool_calls' : 'stop';
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    if (!stream) {
      return { json: { ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage } };
    }
    const chunk = (delta: object, finish: string | null) => ({
      ...base,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    return { events: [chunk(message, null), { ...chunk({}, finish_reason), usage }], end: '[DONE]' };
  },
};

function toFunction(call: { name: string; args: object } | undefined) {
  return call && { name: call.name, arguments: JSON.stringify(call.args) };
}
