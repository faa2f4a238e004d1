import type { Dialect } from './dialect.ts';

interface Request {
  tools?: { functionDeclarations?: { name: string; parametersJsonSchema?: unknown; parameters?: unknown }[] }[];
  contents: { parts?: { functionResponse?: { response: unknown } }[] }[];
}

/** Gemini generateContent: https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  serves: (path) => /:(?:streamG|g)enerateContent$/.test(path),

  tools: (body) =>
    ((body as unknown as Request).tools ?? [])
      .flatMap(({ functionDeclarations }) => functionDeclarations ?? [])
      .map(({ name, parametersJsonSchema, parameters }) => ({ name, schema: parametersJsonSchema ?? parameters })),

  /** A call has no id there. One is made after the other, so that counting them names them. */
  results: (body) =>
    (body as unknown as Request).contents
      .flatMap(({ parts }) => parts ?? [])
      .flatMap(({ functionResponse }) => functionResponse ?? [])
      .map(({ response }, at) => ({ id: `call_${at}`, text: JSON.stringify(response) })),

  answer(_body, { call, text }, path) {
    const part = call ? { functionCall: { name: call.name, args: call.args } } : { text };
    const response = {
      candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    };
    return path.includes(':stream') ? { events: [response] } : { json: response };
  },
};
