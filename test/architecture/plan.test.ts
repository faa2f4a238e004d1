import type { ESTree } from 'rolldown/utils';
import { expect, it } from 'vitest';
import type { PlanView } from '../../src/update/redact/types.ts';
import { beyond, imports, nodes, src, within } from '../support/sources/find.ts';
import { declarations, namesIn } from '../support/sources/types.ts';

/** What a plan holds is unredacted. It stays inside `update/`; what leaves it is a view for one audience. */

const declared = new Map(src.flatMap((source) => declarations(source)).map((type) => [type.name, type]));
const planTypes = reachable('Plan', (file) => file === declared.get('Plan')?.path);
const viewTypes = reachable('PlanView', (file) => file.startsWith('src/update/'));

it('the types of a plan and of its view are read from their declarations', () => {
  expect(planTypes).toEqual(expect.arrayContaining(['Plan', 'LeafChange', 'FieldChange']));
  expect(viewTypes).toEqual(expect.arrayContaining(['PlanView', 'ChangeView']));
});

it('no view holds any of a plan', () => {
  expect(viewTypes.filter((name) => planTypes.includes(name))).toEqual([]);
});

it('a view for one audience is none for another audience', () => {
  const person = {} as PlanView<'person'>;
  // @ts-expect-error: what a person may see must not become an audit entry
  const audit: PlanView<'audit'> = person;
  // @ts-expect-error: nor a result for the model
  const model: PlanView<'model'> = person;
  expect([audit, model]).toEqual([person, person]);
});

it('the plan and its leaf changes are named in update/ only', () => {
  expect(nodes(beyond('update'), typeNameIn)).toEqual([]);
});

it('nothing outside update/ imports what makes or reads a plan', () => {
  const makers = within('update/plan').filter((source) => source.nodes.some((node) => typeNameIn(node)));
  expect(makers.map(({ path }) => path)).toContain('src/update/plan/plan.ts');
  const files = new Set(makers.map(({ path }) => path));
  expect(imports(beyond('update'), ({ of, typeOnly }) => files.has(of) && !typeOnly)).toEqual([]);
});

function typeNameIn(node: ESTree.Node): string | undefined {
  const names = node.type === 'TSTypeReference' ? namesIn(node) : [];
  const imported = node.type === 'ImportSpecifier' && node.imported.type === 'Identifier' ? [node.imported.name] : [];
  return [...names, ...imported].find((name) => planTypes.includes(name));
}

/** The types that a declaration names, and those that they name, as far as their files are meant. */
function reachable(from: string, isMeant: (file: string) => boolean): string[] {
  const found = [from];
  for (const name of found) {
    for (const next of declared.get(name)?.names ?? []) {
      const type = declared.get(next);
      if (type && isMeant(type.path) && !found.includes(next)) found.push(next);
    }
  }
  return found;
}
