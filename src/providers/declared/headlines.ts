import { type Consequence, EFFECTS } from '../effects.ts';

/** What a warning may say for the headline. */
export const HEADLINES = [
  'deletes',
  'restores',
  ...EFFECTS.flatMap((effect) =>
    effect === 'ordinary' ? [] : ([`${effect}_loses`, `${effect}_gains`, `${effect}_changes`] as const),
  ),
] as const satisfies readonly Consequence[];
