import { providers } from '../../src/providers/index.ts';
import type { VendorId } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { samples } from '../support/vendors/samples.ts';
import type { Step } from './model.ts';

export const PROVIDERS = providers.map(({ id }) => id).sort();
export const TOOLS = [
  ...PROVIDERS.map((id) => `${id}_update_user`),
  'update_users',
  'find_user',
  'list_changes',
  'undo_change',
];

/** Jane Doe, as the sandbox knows her. */
const EMAIL = 'jane.doe@acme.example';
export const AWORK_ID = idOf('awork', 'jane');
const previews = PROVIDERS.map((id): Step => {
  const vendor = id as VendorId; // every provider has a vendor of its id
  return toPreview(id, idOf(vendor, 'jane'), samples[vendor].preview);
});

export const POSITION = 'Head of Product';
const policy = {
  rules: [
    { field: 'awork.position', decision: 'allow' },
    { field: 'awork.title', decision: 'approve' },
  ],
};
export const CONFIG = { policy };

export interface ExpectedStep extends Step {
  /** What the result has to say. */
  says: string;
  /** The same, where a busy machine makes the client's own answer as slow as a person's. */
  slowly?: RegExp;
}

/** What the stand-in asks for, and how the call has to end. */
export const STEPS: readonly ExpectedStep[] = [
  { tool: 'find_user', args: { query: EMAIL }, says: AWORK_ID },
  ...previews.map((step) => ({ ...step, says: 'preview' })),
  { ...toUpdate({ position: POSITION }), says: 'updated' },
  // Goes out of band, since the client cannot ask or answers by itself, and an approver is registered.
  { ...toUpdate({ lastName: 'Roe' }), says: 'needs_approval', slowly: /needs_approval|refused/ },
  { ...toUpdate({ title: 'Dr' }), says: 'needs_approval' },
];

function toPreview(provider: string, user_id: string, set: object): Step {
  return { tool: `${provider}_update_user`, args: { user_id, set, dry_run: true } };
}

function toUpdate(set: object): Step {
  return { tool: 'awork_update_user', args: { user_id: AWORK_ID, set } };
}
