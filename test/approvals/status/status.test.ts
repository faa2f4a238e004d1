import { expect, it } from 'vitest';
import type { Approval } from '../../../src/approvals/approval.ts';
import { eligibilityMessage, statusMessage } from '../../../src/approvals/status/messages.ts';
import { type ApprovalStatus, statusOf } from '../../../src/approvals/status/status.ts';
import type { ListedChange } from '../../../src/store/log/entry.ts';

const used = (outcome: string, open = false): ApprovalStatus => {
  // Only what the message reads.
  const change = { changeId: 'change-1', outcome, open, body: { code: 'no_luck' } } as unknown as ListedChange;
  return { kind: 'used', by: ['ann'], what: { kind: 'change', change } };
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

it('names approvers so that one name cannot read as several, or as words of ours', () => {
  const title = (by: string[]) => statusMessage({ kind: 'declined', by })?.title;
  expect(title(['eve, ann and ben'])).toBe('Declined by "eve, ann and ben"');
  expect(title(['Ann Lee', 'ben'])).toBe('Declined by "Ann Lee" and ben');
  expect(title(['a"\u202e'])).toBe('Declined by "a\\"\\u{202e}"');
  expect(eligibilityMessage({ kind: 'agreed-as', name: 'ann” look' })).toContain('"ann” look"');
});

it('does not say of a yes that was taken back that it counted', () => {
  const decisions = [
    { approver: 'ann', yes: true, at: '', takenBack: '' },
    { approver: 'ben', yes: true, at: '' },
    { approver: 'ben', yes: true, at: '' },
  ];
  const approval = { row: { state: 'used', decisions }, snapshot: {} } as unknown as Approval;
  expect(statusOf(approval, [], 1)).toEqual({ kind: 'used', by: ['ben'] });
});

it('says that a typed secret stays sealed only where there is one', () => {
  const text = (hasSecrets: boolean) => statusMessage({ kind: 'approved', agreed: ['ann'], hasSecrets })?.text;
  expect(text(true)).toContain('stays sealed');
  expect(text(false)).not.toContain('stays sealed');
});
