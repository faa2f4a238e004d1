import type { ESTree } from 'rolldown/utils';
import { lineOf } from './find.ts';
import { nodesIn, type Source } from './read.ts';

export interface TypeDeclaration {
  name: string;
  path: string;
  line: number;
  /** Every type that the declaration names. */
  names: readonly string[];
}

/** The interfaces, type aliases, enums and classes of a source, exported or not. */
export function declarations(source: Source): TypeDeclaration[] {
  return source.nodes.flatMap((node) => {
    const name = declaredName(node);
    if (name === undefined) return [];
    return [{ name, path: source.path, line: lineOf(source, node.start), names: namesIn(node) }];
  });
}

/** The types named in a node. */
export function namesIn(node: ESTree.Node): string[] {
  return [...nodesIn(node)].flatMap((inner) => {
    if (inner.type === 'TSTypeReference' && inner.typeName.type === 'Identifier') return [inner.typeName.name];
    if (inner.type === 'TSInterfaceHeritage' && inner.expression.type === 'Identifier') return [inner.expression.name];
    return [];
  });
}

function declaredName(node: ESTree.Node): string | undefined {
  switch (node.type) {
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
      return node.id.name;
    case 'ClassDeclaration':
      return node.id?.name;
    default:
      return undefined;
  }
}
