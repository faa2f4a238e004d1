import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { LINES, OLDEST } from '../support/program/node-versions.ts';
import { ROOT } from '../support/sources/read.ts';

/** The workflows run only on GitHub. What they name has to exist, and what they may do stays small. */

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  uses?: string;
  permissions?: Record<string, string>;
  strategy?: { matrix?: { node?: number[] } };
  steps?: Step[];
  'timeout-minutes'?: number;
}
interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const FOLDER = join(ROOT, '.github', 'workflows');
const workflows = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return { name, text, workflow: load(text) as Workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ job: `${name}: ${id}`, ...job, steps: job.steps ?? [] })),
);
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

it('reads the workflows', () => {
  expect(workflows.map(({ name }) => name)).toEqual(['ci.yml', 'clients.yml', 'release.yml', 'test.yml']);
});

describe.each(jobs)('$job', ({ uses, steps, permissions, ...job }) => {
  it('runs only scripts, files and workflows that exist', () => {
    const lines = steps.flatMap(({ run }) => run ?? []);
    const named = lines.flatMap((line) => [...line.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]);
    expect(named.map(([, name = '']) => name).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    const files = [...lines.filter((line) => line.startsWith('.')), uses].filter((path) => path !== undefined);
    expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('takes nothing from outside but a commit of an action, with its version beside it', () => {
    const used = steps.flatMap((step) => step.uses ?? []);
    const pinned = workflows.flatMap(({ text }) => [...text.matchAll(/uses: (\S+@[\da-f]{40}) # v\d+\.\d+\.\d+$/gm)]);
    expect(used.filter((action) => !pinned.some(([, found]) => found === action))).toEqual([]);
  });

  it('puts no expression into a shell', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('runs no code of the repository or of a dependency where it may write', () => {
    const mayWrite = Object.values(permissions ?? {}).includes('write');
    const runsCode = steps.filter(
      ({ uses: action, run }) =>
        /checkout@/.test(action ?? '') || /\bnpm (?:ci|i|install|run|test|exec)\b|\bnpx\b/.test(run ?? ''),
    );
    expect(mayWrite ? runsCode : []).toEqual([]);
  });

  it('ends', () => {
    expect(uses !== undefined || job['timeout-minutes']).toBeTruthy();
  });
});

it.each(workflows)('$name grants nothing but reading to all of its jobs', ({ workflow }) => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
});

it('the gate runs on every release line that is promised', () => {
  const matrices = jobs.flatMap(({ strategy }) => (strategy?.matrix?.node ? [strategy.matrix.node.map(String)] : []));
  expect(matrices).toEqual([LINES]);
  expect(LINES[0]).toBe(OLDEST.split('.')[0]);
});

it('CI and a release test the same', () => {
  const callers = jobs.filter(({ uses }) => uses === './.github/workflows/test.yml');
  expect(callers.map(({ job }) => job)).toEqual(['ci.yml: test', 'release.yml: test']);
});
