import { expect, it } from 'vitest';
import type { ApprovalStatus } from '../../src/approvals/status.ts';
import { statusMessage } from '../../src/approvals/status-messages.ts';
import type { ListedChange } from '../../src/store/log/entry.ts';

const used = (outcome: string, open = false): ApprovalStatus => {
  // Only what the message reads.
  const change = { changeId: 'change-1', outcome, open, body: { code: 'no_luck' } } as unknown as ListedChange;
  return { kind: 'used', by: ['ann'], change };
};

it.each<[ApprovalStatus, string | undefined]>([
  [{ kind: 'pending', agreed: [], missing: 1 }, undefined],
  [{ kind: 'pending', agreed: ['ann'], missing: 1 }, 'Approved by ann; 1 more has to agree'],
  [{ kind: 'pending', agreed: ['ann', 'ben'], missing: 2 }, 'Approved by ann and ben; 2 more have to agree'],
  [{ kind: 'approved', agreed: ['ann'], hasSecrets: false }, 'Approved by ann, not used yet'],
  [{ kind: 'declined', by: ['ben'] }, 'Declined by ben'],
  [{ kind: 'withdrawn' }, 'Withdrawn'],
  [{ kind: 'expired' }, 'Expired'],
  [{ kind: 'used', by: ['ann'] }, 'Approved by ann, and used'],
  [used('', true), 'Approved by ann; the change is under way'],
  [used('updated'), 'Approved by ann, and carried out'],
  [used('conflict'), 'Approved by ann; the change ended: conflict (no_luck)'],
])('the title for %j is %j', (status, title) => {
  expect(statusMessage(status)?.title).toBe(title);
});

it('says that a typed secret stays sealed only where there is one', () => {
  const text = (hasSecrets: boolean) => statusMessage({ kind: 'approved', agreed: ['ann'], hasSecrets })?.text;
  expect(text(true)).toContain('stays sealed');
  expect(text(false)).not.toContain('stays sealed');
});
