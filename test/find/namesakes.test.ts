import { describe, expect, it, onTestFinished } from 'vitest';
import { find } from '../../src/find/find.ts';
import { defineFindUserTool } from '../../src/server/mcp/tools/find-user.ts';
import { type FinalToolResult, toolContext, useFindPipeline } from '../support/pipeline/find.ts';
import { createPipeline } from '../support/pipeline/pipeline.ts';

const setup = useFindPipeline();
const { search } = setup;

describe('users with the same name', () => {
  it('are told apart by a public field, also in the text', async () => {
    const tool = defineFindUserTool(setup.pipeline.app);
    const { structuredContent, content } = (await tool.handle({ query: 'Anna Lee' }, toolContext)) as FinalToolResult;
    const { users } = structuredContent as { users: { provider: string; differs?: Record<string, unknown> }[] };
    for (const vendor of ['atomicwork', 'awork', 'mediasilo']) {
      const rows = users.filter(({ provider }) => provider === vendor).map(({ differs }) => JSON.stringify(differs));
      expect(rows, vendor).toHaveLength(2);
      expect(rows, vendor).not.toContain(undefined);
      expect(new Set(rows).size, vendor).toBe(2);
    }
    expect(users.find(({ provider }) => provider === 'atomicwork')?.differs).toHaveProperty('title');
    expect(content[0]?.text).toMatch(/"Anna Lee" at "awork": user_id "[^"]+" \(.*position "[^"]+"\)/);
  });

  it('get no further field if there is only one of them', async () => {
    for (const user of (await search('Jane Doe')).users) expect(user).not.toHaveProperty('differs');
  });

  it('are not told apart by a field that the operator made personal', async () => {
    const config = { redaction: { fields: { 'awork.position': 'personal' } } };
    const other = await createPipeline({ config });
    onTestFinished(() => other.stop());
    const connections = other.app.settings.connections.filter(({ name }) => name === 'awork');
    const signal = new AbortController().signal;
    const { users } = await find(connections, 'Anna Lee', 20, await other.app.findPorts(), signal);
    expect(users).toHaveLength(2);
    for (const { differs } of users) expect(differs ?? {}).not.toHaveProperty('position');
  });
});
