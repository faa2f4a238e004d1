import type { Dialect } from './dialect.ts';

interface Request {
  model: string;
  stream?: boolean;
  tools?: { name: string; input_schema?: unknown }[];
  messages: { content: string | { type: string; tool_use_id: string; content?: unknown }[] }[];
}

/** Anthropic Messages: https://docs.anthropic.com/en/api/messages */
export const anthropic: Dialect = {
  serves: (path) => path.endsWith('/messages'),

  tools: (body) =>
    ((body as unknown as Request).tools ?? []).map(({ name, input_schema }) => ({ name, schema: input_schema })),

  results: (body) =>
    (body as unknown as Request).messages
      .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      .filter(({ type }) => type === 'tool_result')
      .map(({ tool_use_id, content }) => ({ id: tool_use_id, text: JSON.stringify(content) })),

  answer(body, { call, text }) {
    const { model, stream } = body as unknown as Request;
    const usage = { input_tokens: 1, output_tokens: 1 };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model, usage };
    const stop = { stop_reason: call ? 'tool_use' : 'end_turn', stop_sequence: null };
    const block = call ? { type: 'tool_use', id: call.id, name: call.name, input: call.args } : { type: 'text', text };
    if (!stream) return { json: { ...message, content: [block], ...stop } };
    const delta = call
      ? { type: 'input_json_delta', partial_json: JSON.stringify(call.args) }
      : { type: 'text_delta', text };
    return {
      events: [
        { type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
        {
          type: 'content_block_start',
          index: 0,
          content_block: { ...block, ...(call ? { input: {} } : { text: '' }) },
        },
        { type: 'content_block_delta', index: 0, delta },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: stop, usage },
        { type: 'message_stop' },
      ],
    };
  },
};
