import type { Step } from './model.ts';

export const PROVIDERS = ['atlassian', 'atomicwork', 'awork', 'dayzero', 'mediasilo'];
export const TOOLS = [...PROVIDERS.map((id) => `${id}_update_user`), 'find_user', 'list_changes', 'undo_change'];

/** Jane Doe, as the sandbox knows her. */
const EMAIL = 'jane.doe@acme.example';
export const AWORK_ID = '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0001';
const previews: Step[] = [
  toPreview('atlassian', '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0001', { title: 'Head', name: { familyName: 'Roe' } }),
  toPreview('atomicwork', '10017', { title: 'Head', org_roles: ['41'], custom_fields: { shirt_size: 'L' } }),
  toPreview('awork', AWORK_ID, { position: 'Head', birthDate: '1990-01-31T00:00:00Z' }),
  toPreview('dayzero', '01918f3a-7000-7c11-9a01-3e5d7f9b0001', { last_name: 'Roe', props: { theme: 'light' } }),
  toPreview('mediasilo', 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0001', { lastName: 'Roe', address: { city: 'Oakland' } }),
];

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
