import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ESTree } from 'rolldown/utils';
import { expect, it } from 'vitest';
import { hasBrowser } from '../support/approvals/browser.ts';
import { nginx, systemdAnalyze } from '../support/program/system-tools.ts';
import { imports, nodes, src, tests, textOf } from '../support/sources/find.ts';
import { ROOT } from '../support/sources/read.ts';
import { findBinaries } from '../support/store/postgres-server.ts';

/** What holds for the tests themselves. */

const RUNNERS = ['it', 'test', 'describe', 'suite'];
/** What may leave a test out: a platform that is not that of CI, and what has to be there in CI. */
const CONDITIONS = ['process.platform', 'process.getuid', 'server', 'hasBrowser', '!nginx', '!systemdAnalyze'];

it('no test is left out, alone or for later', () => {
  const leavesOut = (node: ESTree.Node) => {
    const called = node.type === 'CallExpression' || node.type === 'TaggedTemplateExpression' ? chainOf(node) : [];
    const [runner = '', ...modifiers] = called;
    if (/^x(?:it|test|describe)$/.test(runner)) return called.join('.');
    const isLeftOut = RUNNERS.includes(runner) && modifiers.some((name) => /^(?:skip|only|todo|fails)$/.test(name));
    return isLeftOut ? called.join('.') : undefined;
  };
  expect(nodes(tests, leavesOut)).toEqual([]);
  expect(
    nodes(tests, (node) => (node.type === 'CallExpression' && isContextSkip(node) ? 'skip()' : undefined)),
  ).toEqual([]);
});

it('what runs under a condition runs in CI', async () => {
  const conditional = tests.flatMap((source) =>
    source.nodes.flatMap((node) => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return [];
      if (!/^(?:runIf|skipIf)$/.test(chainOf(node).at(-1) ?? '')) return [];
      const [condition] = node.arguments;
      return condition ? [{ path: source.path, text: source.text.slice(condition.start, condition.end) }] : [];
    }),
  );
  expect(conditional.length).toBeGreaterThan(5);
  expect(conditional.filter(({ text }) => !CONDITIONS.some((known) => text.includes(known)))).toEqual([]);
  const gate = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  for (const needed of ['export CI=true', 'chromium', 'postgresql', 'nginx', 'systemd']) expect(gate).toContain(needed);
  if (!process.env['CI']) return;
  expect(process.platform).toBe('linux');
  expect(hasBrowser).toBe(true);
  expect([nginx, systemdAnalyze]).not.toContain(undefined);
  expect(process.env['TEST_DATABASE_URL'] ?? (await findBinaries())[0]).toBeDefined();
});

it('no test mocks a module, of Node or another: a part that a test replaces is a port', () => {
  const mocks = (node: ESTree.Node) => {
    if (node.type !== 'CallExpression') return undefined;
    const name = chainOf(node).join('.');
    if (/^vi\.(?:do)?[mM]ock$/.test(name)) return name;
    const [target, method] = node.arguments;
    const spied = target && 'name' in target && target.name === 'process' && method && textOf(method);
    return name === 'vi.spyOn' && spied === 'getBuiltinModule' ? spied : undefined;
  };
  expect(nodes(tests, mocks)).toEqual([]);
});

it('what a test changes in its process is put back, since most files share one', () => {
  const inTests = tests.filter(({ path }) => path.endsWith('.ts')); // others are programs
  const PUT_BACK = [
    [/\bvi\.useFakeTimers\(/, /\bvi\.useRealTimers\(/],
    [/\bvi\.stubEnv\(/, /\bvi\.unstubAllEnvs\(/],
    [/\bvi\.stubGlobal\(/, /\bvi\.unstubAllGlobals\(/],
    [/\bprocess\.on\(/, /\bprocess\.off\(/],
  ] as const;
  const forgotten = PUT_BACK.flatMap(([changes, restores]) =>
    inTests.filter(({ text }) => changes.test(text) && !restores.test(text)).map(({ path }) => `${path} ${changes}`),
  );
  expect(forgotten).toEqual([]);
  const assigned = (node: ESTree.Node) => {
    const target = node.type === 'AssignmentExpression' ? node.left : undefined;
    const name = target?.type === 'MemberExpression' ? chainOf(target).join('.') : '';
    return /^(?:process|globalThis)\./.test(name) ? name : undefined;
  };
  const withoutRestoring = inTests.filter(({ text }) => !text.includes('defineProperty(process, '));
  expect(nodes(withoutRestoring, assigned)).toEqual([]);
});

it('a helper lies in test/support, or in the folder of the tests that use it', () => {
  const subject = (path: string) => path.split('/')[1];
  const isElsewhere = (of: string, path: string) =>
    of.startsWith('test/') && subject(of) !== 'support' && subject(of) !== subject(path);
  expect(imports(tests, ({ of }, { path }) => isElsewhere(of, path))).toEqual([]);
  expect(tests.filter(({ path }) => /^test\/support\/.*\.test\.ts$/.test(path)).map(({ path }) => path)).toEqual([]);
});

it('every file that vitest starts first is there', () => {
  const config = readFileSync(join(ROOT, 'vitest.config.ts'), 'utf8');
  const named = [...config.matchAll(/'(test\/[^'*]*\.test\.ts)'/g)].map(([, path]) => path ?? '');
  expect(named).toContain('test/hostile/soak.test.ts');
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it('a test of one file has its name and lies where that does', () => {
  const files = src.map(({ path }) => path.replace(/^src\//, '').replace(/\.ts$/, ''));
  const misplaced = tests.flatMap(({ path }) => {
    const at = /^test\/(.*)\.test\.ts$/.exec(path)?.[1];
    if (at === undefined) return [];
    const [folder = ''] = at.split('/');
    const named = files.filter((file) => file.startsWith(`${folder}/`) && file.endsWith(`/${at.split('/').at(-1)}`));
    // Of two files of one name a test may be about both.
    const isAbove = named.length > 1 && named.every((file) => file.startsWith(`${dirname(at)}/`));
    if (named.length === 0 || named.includes(at) || isAbove) return [];
    return [`${path} is about src/${named.join('.ts or src/')}.ts`];
  });
  expect(misplaced).toEqual([]);
});

/** The names along a chain of members and calls, first to last. */
function chainOf(node: ESTree.Node): string[] {
  switch (node.type) {
    case 'CallExpression':
      return chainOf(node.callee);
    case 'TaggedTemplateExpression':
      return chainOf(node.tag);
    case 'MemberExpression':
      return [...chainOf(node.object), node.property.type === 'Identifier' ? node.property.name : ''];
    case 'Identifier':
      return [node.name];
    default:
      return [];
  }
}

/** `skip()` of a test's context, alone or as a member of it. */
function isContextSkip(node: ESTree.CallExpression): boolean {
  return /^(?:(?:context|ctx|task|test)\.)?skip$/.test(chainOf(node).join('.'));
}
