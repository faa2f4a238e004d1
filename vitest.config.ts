import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests that need a process of their own: they measure what it uses, or look at what is loaded first. All others share
 * one, and load each module once. test/architecture holds all tests to put back what they change in it.
 */
const ALONE = [
  'test/server/http/growth.test.ts',
  'test/server/mcp/growth.test.ts',
  'test/store/postgres/large.test.ts',
  'test/store/sqlite/large.test.ts',
  'test/store/sqlite/driver.test.ts',
  'test/upstream/bounds.test.ts',
];

/** The files that take longest, first: one that starts last keeps a single core busy to the end. */
const LONGEST = [
  'test/hostile/soak.test.ts',
  'test/e2e/batch/kill.test.ts',
  'test/e2e/redaction/leaks.test.ts',
  'test/update/plan/leaves.property.test.ts',
  'test/e2e/writes/unverified.test.ts',
  'test/e2e/writes/faults.test.ts',
  'test/e2e/input/property.test.ts',
  'test/server/approvals/browser.test.ts',
  'test/e2e/changes/connections.test.ts',
  'test/server/http/program.test.ts',
  'test/e2e/redaction/oracles.test.ts',
  'test/e2e/writes/two-servers.test.ts',
  'test/e2e/approvals/eligibility.test.ts',
  'test/server/approvals/history/look.test.ts',
  'test/store/postgres/store.test.ts',
  'test/server/approvals/page.test.ts',
  'test/server/http/bodies.test.ts',
  'test/store/postgres/lost-connections.test.ts',
  'test/e2e/writes/crash.test.ts',
  'test/package/installed.test.ts',
  'test/e2e/confirmation/attacks-2025.test.ts',
  'test/e2e/approvals/approval.test.ts',
  'test/store/in-use.test.ts',
  'test/upstream/retry.test.ts',
  'test/e2e/notices/notices.test.ts',
  'test/server/approvals/batch-browser.test.ts',
  'test/server/http/clients.test.ts',
];

/** What needs a process of its own comes first: between others it would end the one they share. */
class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(specifications);
    return bySize.sort((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.config.isolate) return -1;
  const rank = LONGEST.indexOf(relative(import.meta.dirname, moduleId));
  return rank < 0 ? LONGEST.length : rank;
}

/** The whole suite: two files more than there are cores, since many tests wait for a program or for time to pass. */
const isWhole = process.env['npm_lifecycle_event'] === 'test';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    ...(isWhole && {
      maxWorkers: availableParallelism() + 2,
      globalSetup: ['test/support/store/shared-postgres.ts'],
    }),
    // With this, servers in the process of a test leave its heap as it is: see src/lib/young-generation.ts.
    execArgv: ['--max-semi-space-size=16'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { ...timeouts, name: 'shared', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false },
      },
      { extends: true, test: { ...timeouts, name: 'alone', include: ALONE } },
    ],
  },
});
