import type { ServerContext } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../src/server/mcp/progress.ts';

interface Sent {
  method: string;
  params: { progressToken: unknown; progress: number; total: number; message: string };
}

function clientWith(_meta: object | undefined) {
  const sent: Sent[] = [];
  const mcpReq = { _meta, notify: async (one: Sent) => void sent.push(one) };
  const observer = createProgress({ mcpReq } as unknown as ServerContext); // what it uses of one
  return { sent, progress: observer?.progress };
}

describe('the progress of a batch', () => {
  it('is not reported to a client that gave no token', () => {
    expect(clientWith({}).progress).toBeUndefined();
    expect(clientWith(undefined).progress).toBeUndefined();
  });

  it('only grows, whatever is counted again, and ends at its total', () => {
    const { sent, progress } = clientWith({ progressToken: 7 });
    for (let round = 0; round < 2; round++) for (let done = 1; done <= 50; done++) progress?.('plan', done, 50);
    for (let done = 1; done <= 50; done++) progress?.('write', done, 50);
    for (let done = 1; done <= 20; done++) progress?.('undo', done, 20);
    const values = sent.map(({ params }) => params.progress);
    expect(values).toEqual([...new Set(values)].sort((one, other) => one - other));
    expect(sent.every(({ method, params }) => method === 'notifications/progress' && params.progressToken === 7)).toBe(
      true,
    );
    expect(sent.filter(({ params }) => params.progress === 100 || params.progress === 200)).toMatchObject([
      { params: { total: 200, message: '50 of 50 read' } },
      { params: { total: 200, message: '50 of 50 written' } },
    ]);
    expect(sent.at(-1)?.params).toMatchObject({ progress: 300, total: 300, message: '20 of 20 put back' });
  });

  it('is reported a few times a second at most', () => {
    const { sent, progress } = clientWith({ progressToken: 'a' });
    for (let done = 1; done <= 5_000; done++) progress?.('write', done, 5_000);
    expect(sent.length).toBeLessThan(20);
  });
});
