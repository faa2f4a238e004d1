import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { suggest } from '../../lib/text/suggest.ts';
import { isPreset, PRESETS, type PresetName } from '../../providers/presets/index.ts';

/** Where a provider comes from that is not built in. */
export type ProviderSource = { kind: 'preset'; name: PresetName } | { kind: 'file'; path: string };

const PRESET = /^preset:(.*)$/s;

/**
 * What an entry of `providers` names. The name of a preset is looked up in the list of those that ship, and is never part
 * of a path. Throws a UsageError; `place` is where the entry stands.
 */
export function toProviderSource(text: string, folder: string, place: string): ProviderSource {
  const name = PRESET.exec(text)?.[1];
  if (name === undefined) return { kind: 'file', path: resolve(folder, text) };
  if (isPreset(name)) return { kind: 'preset', name };
  const near = suggest(name, PRESETS);
  const hint = near === undefined ? '' : `; did you mean preset:${near}?`;
  throw new UsageError(
    `${place}: there is no such preset; expected one of ${PRESETS.map((one) => `preset:${one}`).join(', ')}${hint}`,
  );
}
