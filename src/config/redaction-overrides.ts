import { UsageError } from '../errors.ts';
import { suggest } from '../lib/text/suggest.ts';
import type { Provider, Sensitivity } from '../providers/provider.ts';
import { isLike } from '../update/policy/text-pattern.ts';

/** `redaction.fields`: patterns of `provider.field`, as in policy rules, and the class each moves its fields to. */
export type Moves = Readonly<Record<string, Sensitivity>>;

/**
 * A pattern that fits no field would leave in clear what somebody meant to hide: refuse it. Only a name without a
 * wildcard may be that of an attribute nobody declared, and only to relax it: it counts as secret already. Throws a
 * UsageError.
 */
export function checkMoves(providers: readonly Provider[], moves: Moves): void {
  if (Object.keys(moves).length === 0) return;
  for (const [path, sensitivity] of Object.entries(moves)) {
    const fault = faultOf(path, sensitivity, providers);
    if (fault !== undefined) throw new UsageError(`redaction.fields: "${path}": ${fault}`);
  }
  for (const provider of providers) {
    for (const [name, { effect }] of Object.entries(provider.fields)) {
      const [path, sensitivity] = moveOf(moves, provider, name) ?? [];
      if (effect === 'secret' && sensitivity !== undefined && sensitivity !== 'secret') {
        throw new UsageError(`redaction.fields: "${path}": ${provider.id}.${name} stays secret`);
      }
    }
  }
}

/** The provider with its fields in the classes the operator moved them to. Of several patterns the first counts. */
export function withMoves(provider: Provider, moves: Moves): Provider {
  if (Object.keys(moves).length === 0) return provider;
  const classOf = (name: string) => moveOf(moves, provider, name)?.[1];
  const fields = Object.entries(provider.fields).map(([name, field]) => {
    return [name, { ...field, sensitivity: classOf(name) ?? field.sensitivity }] as const;
  });
  const readOnly = Object.entries(provider.readOnly).map(([name, sensitivity]) => {
    return [name, classOf(name) ?? sensitivity] as const;
  });
  const undeclared = Object.entries(moves).flatMap(([path, sensitivity]) => {
    const [id, name] = split(path);
    return isLike(id, provider.id) && !path.includes('*') && !isDeclared(provider, name)
      ? [[name, sensitivity] as const]
      : [];
  });
  return {
    ...provider,
    fields: Object.fromEntries(fields),
    readOnly: Object.fromEntries([...undeclared, ...readOnly]),
  };
}

function faultOf(path: string, sensitivity: Sensitivity, providers: readonly Provider[]): string | undefined {
  const declared = providers.flatMap((provider) => namesOf(provider).map((name) => `${provider.id}.${name}`));
  if (declared.some((name) => isLike(path, name))) return undefined;
  const [id, name] = split(path);
  const mine = providers.filter((provider) => isLike(id, provider.id));
  if (mine.length === 0) return `expected provider.field, such as ${declared[0]} or *.title`;
  const near = suggest(name, mine.flatMap(namesOf));
  if (near !== undefined) return `did you mean ${id}.${near}?`;
  return path.includes('*') || sensitivity === 'secret' ? 'matches no field' : undefined;
}

function moveOf(moves: Moves, provider: Provider, name: string): readonly [string, Sensitivity] | undefined {
  return Object.entries(moves).find(([path]) => isLike(path, `${provider.id}.${name}`));
}

function namesOf(provider: Provider): string[] {
  return [...Object.keys(provider.fields), ...Object.keys(provider.readOnly)];
}

/** Field names may be matched without regard to case, and so may the names that are not fields. */
function isDeclared(provider: Provider, name: string): boolean {
  return namesOf(provider).some((declared) => isLike(name, declared));
}

function split(path: string): [string, string] {
  const dot = path.indexOf('.');
  return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
}
