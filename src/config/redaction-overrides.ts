import { UsageError } from '../errors.ts';
import { suggest } from '../lib/text/suggest.ts';
import type { Sensitivity } from '../providers/field.ts';
import type { Provider } from '../providers/provider.ts';
import { isLike } from '../update/policy/text-pattern.ts';

/** `redaction.fields`: patterns of `provider.field`, and the sensitivity of the fields that match. */
export type SensitivityOverrides = Readonly<Record<string, Sensitivity>>;

/**
 * Refuses a pattern that matches no field: it would expose a value that was meant to be hidden. A name without a
 * wildcard may be that of an undeclared attribute, but only to relax it, since those count as secret. Throws a
 * UsageError.
 */
export function checkOverrides(providers: readonly Provider[], overrides: SensitivityOverrides): void {
  if (Object.keys(overrides).length === 0) return;
  for (const [path, sensitivity] of Object.entries(overrides)) {
    const fault = faultOf(path, sensitivity, providers);
    if (fault !== undefined) throw new UsageError(`redaction.fields: "${path}": ${fault}`);
  }
  for (const provider of providers) {
    for (const [name, { effect }] of Object.entries(provider.fields)) {
      const [path, sensitivity] = overrideOf(overrides, provider, name) ?? [];
      if (effect === 'secret' && sensitivity !== undefined && sensitivity !== 'secret') {
        throw new UsageError(`redaction.fields: "${path}": ${provider.id}.${name} stays secret`);
      }
    }
  }
}

/** The provider with the overridden sensitivities. The first pattern that matches a field wins. */
export function withOverrides(provider: Provider, overrides: SensitivityOverrides): Provider {
  if (Object.keys(overrides).length === 0) return provider;
  const sensitivityOf = (name: string) => overrideOf(overrides, provider, name)?.[1];
  const fields = Object.entries(provider.fields).map(([name, field]) => {
    return [name, { ...field, sensitivity: sensitivityOf(name) ?? field.sensitivity }] as const;
  });
  const readOnly = Object.entries(provider.readOnly).map(([name, sensitivity]) => {
    return [name, sensitivityOf(name) ?? sensitivity] as const;
  });
  const undeclared = Object.entries(overrides).flatMap(([path, sensitivity]) => {
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
  const matching = providers.filter((provider) => isLike(id, provider.id));
  if (matching.length === 0) return `expected provider.field, such as ${declared[0]} or *.title`;
  const near = suggest(name, matching.flatMap(namesOf));
  if (near !== undefined) return `did you mean ${id}.${near}?`;
  return path.includes('*') || sensitivity === 'secret' ? 'matches no field' : undefined;
}

function overrideOf(
  overrides: SensitivityOverrides,
  provider: Provider,
  name: string,
): readonly [pattern: string, Sensitivity] | undefined {
  return Object.entries(overrides).find(([path]) => isLike(path, `${provider.id}.${name}`));
}

function namesOf(provider: Provider): string[] {
  return [...Object.keys(provider.fields), ...Object.keys(provider.readOnly)];
}

/** Ignores case, as patterns do. */
function isDeclared(provider: Provider, name: string): boolean {
  return namesOf(provider).some((declared) => isLike(name, declared));
}

function split(path: string): [string, string] {
  const dot = path.indexOf('.');
  return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
}
