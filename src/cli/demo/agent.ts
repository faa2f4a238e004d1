import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** What a person does with a question in the demo. */
export type Person = (question: { message: string; typed?: string }) => 'yes' | 'no' | { typed: string };

export interface DemoAgent {
  call(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * A real MCP client over stdio with this very program on the other side. `person` answers the questions; without one
 * the client declares that it cannot ask.
 */
export async function startAgent(env: Record<string, string>, person?: Person): Promise<DemoAgent> {
  const client = new Client(
    { name: 'demo-agent', version: '1.0' },
    { capabilities: person ? { elicitation: { form: {} } } : {}, versionNegotiation: { mode: 'auto' } },
  );
  if (person) {
    client.setRequestHandler('elicitation/create', async (request) => {
      const params = request.params as {
        message: string;
        requestedSchema: { properties: Record<string, { title?: string }> };
      };
      const title = params.requestedSchema.properties['typed']?.title;
      const typed =
        title === undefined ? undefined : (JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(title)?.[0] ?? '""') as string);
      const answer = person({ message: params.message, ...(typed !== undefined && { typed }) });
      if (answer === 'no') return { action: 'accept', content: { confirm: 'No, change nothing' } };
      const text = answer === 'yes' ? typed : answer.typed;
      return {
        action: 'accept',
        content: {
          confirm: 'Yes, make this change',
          overwrite: 'Yes, overwrite it',
          ...(text !== undefined && { typed: text }),
        },
      };
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
