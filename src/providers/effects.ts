/** How changing a field affects the person. `identity` is their sign-in, `access` their rights. */
export const EFFECTS = ['ordinary', 'identity', 'access', 'lifecycle', 'secret'] as const;
export type Effect = (typeof EFFECTS)[number];

/** What becomes of something the user has. */
export type Direction = 'loses' | 'gains' | 'changes';

/** What a change comes to for the user, for the headline of a request. */
export type Consequence = 'deletes' | 'restores' | `${Exclude<Effect, 'ordinary'>}_${Direction}`;

/** All of them, the weightiest first. */
export const CONSEQUENCES: readonly Consequence[] = [
  'deletes',
  'lifecycle_loses',
  'restores',
  'lifecycle_gains',
  'lifecycle_changes',
  'access_gains',
  'access_changes',
  'access_loses',
  'identity_changes',
  'identity_gains',
  'identity_loses',
  'secret_changes',
  'secret_gains',
  'secret_loses',
];
