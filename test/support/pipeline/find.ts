import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Findings, find } from '../../../src/find/find.ts';
import type { FinalToolResult, ToolContext } from '../../../src/server/mcp/tool.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';

export interface FindPipeline {
  /** Set before the first test. */
  pipeline: Pipeline;
  search(query: string, limit?: number, more?: { connection?: string; deadlineMs?: number }): Promise<Findings>;
}

/** One pipeline for all tests of a file; its sandbox is reset before each test. */
export function useFindPipeline(): FindPipeline {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await createPipeline({ config: { limits: { findSeconds: 30 } } });
  });
  beforeEach(() => {
    for (const vendor of Object.values(pipeline.sandbox.vendors)) vendor.reset();
  });
  afterAll(() => pipeline.stop());
  return {
    get pipeline() {
      return pipeline;
    },
    async search(query, limit = 20, { connection, ...more } = {}) {
      const { app } = pipeline;
      const connections = app.settings.connections.filter(
        ({ name }) => connection === undefined || name === connection,
      );
      return await find(
        connections,
        query,
        limit,
        { ...(await app.findPorts()), ...more },
        new AbortController().signal,
      );
    },
  };
}

/** Looks a query up at one connection of a running pipeline. */
export async function searchAt({ app }: Pipeline, connection: string, query: string): Promise<Findings> {
  const connections = app.settings.connections.filter(({ name }) => name === connection);
  return await find(connections, query, 20, await app.findPorts(), new AbortController().signal);
}

/** The part of its context that `find_user` reads. */
export const toolContext = { mcp: { mcpReq: { signal: new AbortController().signal } } } as ToolContext;

export type { FinalToolResult };
