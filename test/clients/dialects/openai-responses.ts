import type { Dialect, Turn } from './dialect.ts';

interface Request {
  model: string;
  stream?: boolean;
  tools?: ({ type: string; name: string; tools?: Function[] } & Function)[];
  input: string | { type: string; call_id: string; output: unknown }[];
}
interface Function {
  name: string;
  parameters?: unknown;
}

/** OpenAI Responses: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Dialect = {
  serves: (path) => path.endsWith('/responses'),

  tools: (body) =>
    ((body as unknown as Request).tools ?? []).flatMap((tool) => {
      if (tool.type === 'function') return [{ name: tool.name, schema: tool.parameters }];
      return (tool.tools ?? []).map(({ name, parameters }) => ({ name, schema: parameters, namespace: tool.name }));
    }),

  results(body) {
    const { input } = body as unknown as Request;
    return (typeof input === 'string' ? [] : input)
      .filter(({ type }) => type === 'function_call_output')
      .map(({ call_id, output }) => ({ id: call_id, text: JSON.stringify(output) }));
  },

  answer(body, turn) {
    const { model, stream } = body as unknown as Request;
    const item = toItem(turn);
    const begun = { id: 'resp_1', object: 'response', created_at: 1, model, status: 'in_progress', output: [] };
    const usage = {
      input_tokens: 1,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 1,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 2,
    };
    const completed = { ...begun, status: 'completed', output: [item], usage };
    if (!stream) return { json: completed };
    const events = [
      { type: 'response.created', response: begun },
      { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress' } },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: completed },
    ];
    return { events: events.map((event, sequence_number) => ({ ...event, sequence_number })) };
  },
};

function toItem({ call, text }: Turn) {
  if (!call) {
    const content = [{ type: 'output_text', text, annotations: [] }];
    return { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };
  }
  const { id, name, namespace, args } = call;
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    name,
    ...(namespace !== undefined && { namespace }),
    arguments: JSON.stringify(args),
    status: 'completed',
  };
}
