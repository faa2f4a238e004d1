import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests that leave their process as they found it: they share one, and load each module once. test/architecture holds all
 * tests to put back what they change in it.
 */
const SHARED = [
  ...[
    'app',
    'approvals',
    'architecture',
    'audit',
    'bench',
    'cli/{provider,changes}',
    'config',
    'docs',
    'find',
    'lib',
    'notify',
    'providers',
    'sandbox',
    'server/approvals/{routes,sign-in}',
    'server/json-rpc',
    'server/mcp',
    'store/log',
    'store/memory',
    'update/{approval,batch,body,confirm,policy,redact,request,results,undo,write}',
    'upstream/{auth,http,pace}',
  ].map((folder) => `test/${folder}/**/*.test.ts`),
  // Without the longest of them, which would keep the others of its process waiting.
  ...['server/approvals/history/!(look)', 'update/plan/!(leaves.property)'].map((files) => `test/${files}.test.ts`),
];

/** The files that take longest, first: one that starts last keeps a single core busy to the end. */
const LONGEST = [
  'test/hostile/soak.test.ts',
  'test/e2e/writes/two-servers.test.ts',
  'test/server/approvals/browser.test.ts',
  'test/server/approvals/history/look.test.ts',
  'test/server/approvals/page.test.ts',
  'test/update/plan/leaves.property.test.ts',
  'test/e2e/redaction/leaks.test.ts',
  'test/store/postgres/store.test.ts',
  'test/e2e/writes/crash.test.ts',
  'test/e2e/writes/faults.test.ts',
  'test/cli/setup.test.ts',
  'test/cli/approvals/commands.test.ts',
  'test/package/installed.test.ts',
];

/** Small files that share a process come last, and fill what is left of either core. */
class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(specifications);
    return bySize.sort((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const rank = LONGEST.indexOf(relative(import.meta.dirname, moduleId));
  if (rank >= 0) return rank;
  return project.config.isolate ? LONGEST.length : LONGEST.length + 1;
}

/** The whole suite: one file more than there are cores, since many tests wait for a program they started. */
const isWhole = process.env['npm_lifecycle_event'] === 'test';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    ...(isWhole && { maxWorkers: availableParallelism() + 1 }),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { ...timeouts, name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARED },
      },
      { extends: true, test: { ...timeouts, name: 'shared', include: SHARED, isolate: false } },
    ],
  },
});
