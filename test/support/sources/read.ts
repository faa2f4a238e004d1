import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type ESTree, parseSync } from 'rolldown/utils';

export interface Import {
  /** A path below the root, or the name of a package. */
  of: string;
  /** Gone once the program runs. */
  typeOnly: boolean;
  /** What is taken from it by name. */
  names: readonly string[];
}

export type Comment = ReturnType<typeof parseSync>['comments'][number];

export interface Source {
  /** Below the root, with slashes. */
  path: string;
  text: string;
  imports: readonly Import[];
  comments: readonly Comment[];
  /** Every node of the syntax tree, parents first. */
  nodes: readonly ESTree.Node[];
}

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The parsed sources of a folder below the root. */
export function readSources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/.test(name))
    .sort()
    .map((name) => parseSource(slashes(join(folder, name)), readFileSync(join(ROOT, folder, name), 'utf8')));
}

function parseSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed`, { cause: errors });
  const nodes = [...nodesIn(program)];
  return { path, text, comments, nodes, imports: nodes.flatMap((node) => importsIn(node, path)) };
}

export function* nodesIn(value: unknown): Generator<ESTree.Node> {
  if (typeof value !== 'object' || value === null) return;
  // Only nodes have a type: literals keep their values and regular expressions under other keys.
  if ('type' in value) yield value as ESTree.Node;
  for (const member of Object.values(value)) yield* nodesIn(member);
}

function importsIn(node: ESTree.Node, path: string): Import[] {
  const found = (name: string, typeOnly: boolean, names: string[] = []) => [
    { of: name.startsWith('.') ? target(path, name) : name, typeOnly, names },
  ];
  switch (node.type) {
    case 'ImportDeclaration':
      return found(node.source.value, node.importKind === 'type', node.specifiers.map(importedName));
    case 'ExportAllDeclaration':
      return found(node.source.value, node.exportKind === 'type', ['*']);
    case 'ExportNamedDeclaration': {
      const names = node.specifiers.map(({ local }) => nameOf(local));
      return node.source ? found(node.source.value, node.exportKind === 'type', names) : [];
    }
    case 'ImportExpression':
      return node.source.type === 'Literal' ? found(String(node.source.value), false, ['*']) : [];
    case 'TSImportType':
      return found(node.source.value, true);
    default:
      return [];
  }
}

function importedName(specifier: ESTree.ImportDeclarationSpecifier): string {
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported);
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*';
}

function nameOf(name: ESTree.ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name;
}

function target(path: string, name: string): string {
  return slashes(relative(ROOT, resolve(ROOT, dirname(path), name)));
}

function slashes(path: string): string {
  return path.split(sep).join('/');
}
