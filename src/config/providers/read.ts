import { bounds } from '../../bounds.ts';
import { UsageError } from '../../errors.ts';
import { type CheckedFile, checkProviderFile } from '../../providers/declared/check.ts';
import type { FileFault } from '../../providers/declared/faults.ts';
import { PRESETS, presetId, readPreset } from '../../providers/presets/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { VARIABLES } from '../values.ts';
import { readProviderText } from './file-text.ts';
import { shippedProviders } from './shipped.ts';
import type { ProviderSource } from './source.ts';

/** A provider file or preset after its checks, with where its faults are. */
export interface ReadProvider {
  /** How messages name it: a path, or `preset:NAME`. */
  name: string;
  content: unknown;
  checked: CheckedFile;
  /** `line 3, column 7`; a preset has no lines that its user knows. */
  positionOf?(pointer: string): string;
}

/** Reads and checks a provider file or preset. Throws a UsageError if it cannot be read as JSON. */
export async function readProvider(source: ProviderSource): Promise<ReadProvider> {
  if (source.kind === 'preset') {
    const content = await readPreset(source.name);
    return { name: `preset:${source.name}`, content, checked: checkProviderFile(content) };
  }
  const { path, content, positionOf } = readProviderText(source.path);
  return { name: path, content, checked: await withOwnNames(checkProviderFile(content)), positionOf };
}

/** The providers of these sources. Throws a UsageError with a line for each fault: file, pointer, line and column. */
export async function readProviders(sources: readonly ProviderSource[]): Promise<Provider[]> {
  const read = await Promise.all(sources.map(readProvider));
  const lines = read.flatMap(({ name, checked, positionOf }) =>
    checked.ok ? [] : checked.faults.map((fault) => lineOf(name, fault, positionOf)),
  );
  if (lines.length > 0) throw new UsageError(firstOf(lines).join('\n'));
  const providers = read.flatMap(({ checked }) => (checked.ok ? [checked.provider] : []));
  for (const [index, provider] of providers.entries()) checkBeside(provider, providers.slice(0, index), index);
  return providers;
}

function firstOf(lines: readonly string[]): string[] {
  const more = lines.length - bounds.listedFaults;
  return [...lines.slice(0, bounds.listedFaults), ...(more > 0 ? [`and ${more} more`] : [])];
}

function lineOf(name: string, { pointer, message }: FileFault, positionOf: ReadProvider['positionOf']): string {
  const position = positionOf === undefined ? name : `${positionOf(pointer)} of ${name}`;
  const shown = pointer.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, MAX_POINTER);
  return `${shown === '' ? name : shown}: ${message} (${position})`;
}

const MAX_POINTER = 200;

/** A file can take neither the id nor a variable of what ships: it would be sent that credential. */
async function withOwnNames(checked: CheckedFile): Promise<CheckedFile> {
  if (!checked.ok) return checked;
  const { id, env } = checked.provider;
  const ofPresets = await presetVariablesNear(Object.values(env));
  const taken = [...shippedProviders.map((one) => one.id), ...PRESETS.map(presetId)];
  const faults = taken.includes(id)
    ? [{ pointer: '/id', message: `"${id}" is the id of a provider that ships with this program; choose another` }]
    : Object.entries(env).flatMap(([setting, variable]) =>
        isForeign(variable) || ofPresets.includes(variable)
          ? [{ pointer: placeOf(checked, setting), message: variableFault(variable) }]
          : [],
      );
  return faults.length > 0 ? { ok: false, faults } : checked;
}

/** The variables of the presets whose ids these begin with. */
async function presetVariablesNear(variables: readonly string[]): Promise<string[]> {
  const near = PRESETS.filter((name) => variables.some((one) => one.startsWith(`${presetId(name).toUpperCase()}_`)));
  const contents = await Promise.all(near.map(readPreset));
  return contents.flatMap((content) => {
    const checked = checkProviderFile(content);
    return checked.ok ? Object.values(checked.provider.env) : [];
  });
}

function placeOf({ file }: Extract<CheckedFile, { ok: true }>, setting: string): string {
  return Object.hasOwn(file.settings, setting) ? `/settings/${setting}` : '/id';
}

function variableFault(variable: string): string {
  return `its environment variable would be ${variable}, which has another meaning; choose another id or name`;
}

function isForeign(variable: string): boolean {
  const known = [...Object.keys(VARIABLES), ...shippedProviders.flatMap(({ env }) => Object.values(env))];
  return known.some((one) => one.toUpperCase() === variable) || variable.startsWith('UPDATE_USER_');
}

/** Two files cannot share an id or a variable. Throws a UsageError. */
function checkBeside({ id, env }: Provider, others: readonly Provider[], index: number): void {
  const same = others.findIndex((other) => other.id === id);
  if (same >= 0)
    throw new UsageError(`providers[${index}]: has the id "${id}" of providers[${same}]; each needs its own`);
  for (const variable of Object.values(env)) {
    const other = others.findIndex((one) => Object.values(one.env).includes(variable));
    if (other >= 0) {
      throw new UsageError(
        `providers[${index}]: has the environment variable ${variable} of providers[${other}]; change the id of one`,
      );
    }
  }
}
