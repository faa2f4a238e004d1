import type { ProviderFile } from './format/file.ts';

/**
 * The sections of a file that have the right shape. The checks of their meaning go on with those, so that all faults of a
 * file are found at once.
 */
export interface FileDraft {
  file: Partial<ProviderFile>;
  /** Everything that is named in the file, also where its definition has a fault. */
  names: {
    settings: readonly string[];
    fields: readonly string[];
    openFields: readonly string[];
    readOnly: readonly string[];
  };
}

/** The names of attributes of the user record. */
export function attributesOf({ names }: FileDraft): string[] {
  return [...names.fields, ...names.openFields, ...names.readOnly];
}

/** Settings of this kind. */
export function settingsOfKind(
  { file }: FileDraft,
  ...kinds: readonly ProviderFile['settings'][string]['kind'][]
): string[] {
  return Object.entries(file.settings ?? {})
    .filter(([, { kind }]) => kinds.includes(kind))
    .map(([name]) => name);
}
