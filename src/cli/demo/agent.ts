import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export interface DemoQuestion {
  message: string;
  /** The name the person has to type, if any. */
  nameToType?: string;
}

/** The answer of the person in the demo; `typed` is a yes with this name. */
export type DemoAnswer = 'yes' | 'no' | { typed: string };

export interface DemoAgent {
  call(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

interface ElicitationForm {
  message: string;
  requestedSchema: { properties: Record<string, { title?: string }> };
}

/**
 * Connects a real MCP client over stdio to this program. `answer` is called for each question; without it the client
 * declares that it cannot ask.
 */
export async function startAgent(
  env: Record<string, string>,
  answer?: (question: DemoQuestion) => DemoAnswer,
): Promise<DemoAgent> {
  const client = new Client(
    { name: 'demo-agent', version: '1.0' },
    { capabilities: answer ? { elicitation: { form: {} } } : {}, versionNegotiation: { mode: 'auto' } },
  );
  if (answer) {
    client.setRequestHandler('elicitation/create', async (request) => {
      const question = toQuestion(request.params as ElicitationForm); // the only mode that is declared
      return { action: 'accept', content: toContent(answer(question), question.nameToType) };
    });
  }
  const program = process.argv[1] ?? '';
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [program, 'stdio'], env, stderr: 'inherit' }),
  );
  return {
    async call(name, args) {
      const result = await client.callTool({ name, arguments: args });
      return (result.structuredContent ?? {}) as Record<string, unknown>;
    },
    close: () => client.close(),
  };
}

/** The name to type is a JSON string in the title of its input. */
function toQuestion({ message, requestedSchema }: ElicitationForm): DemoQuestion {
  const quoted = /"(?:[^"\\]|\\.)*"/.exec(requestedSchema.properties['typed']?.title ?? '')?.[0];
  return { message, ...(quoted !== undefined && { nameToType: JSON.parse(quoted) as string }) };
}

function toContent(answer: DemoAnswer, nameToType: string | undefined): Record<string, string> {
  if (answer === 'no') return { confirm: 'No, change nothing' };
  const typed = answer === 'yes' ? nameToType : answer.typed;
  return {
    confirm: 'Yes, make this change',
    overwrite: 'Yes, overwrite it',
    ...(typed !== undefined && { typed }),
  };
}
