import { OUTCOMES, type OutcomeName } from '../update/types.ts';

/** What notices are about, and how they are written. */

export const NOTICE_FORMATS = ['json', 'slack', 'teams'] as const;
export type NoticeFormat = (typeof NOTICE_FORMATS)[number];

/** Outcomes of calls that ended without anything to tell: nothing was asked for, or an approval was, which has its own event. */
const QUIET = ['unchanged', 'preview', 'needs_approval'] as const satisfies OutcomeName[];

export type ChangeNotice = Exclude<OutcomeName, (typeof QUIET)[number]>;
export type NoticeType =
  | 'approval.requested'
  | 'approval.decided'
  | 'approval.expired'
  | `change.${ChangeNotice}`
  | 'batch.finished';

const CHANGES = OUTCOMES.filter((outcome): outcome is ChangeNotice => !QUIET.some((one) => one === outcome));

export const NOTICE_TYPES: readonly NoticeType[] = [
  'approval.requested',
  'approval.decided',
  'approval.expired',
  ...CHANGES.map((outcome): NoticeType => `change.${outcome}`),
  'batch.finished',
];

/** What a target may ask for: events, or all of a kind. */
export const NOTICE_PATTERNS = ['*', 'approval.*', 'change.*', ...NOTICE_TYPES] as const;

export function changeNotice(outcome: string): NoticeType | undefined {
  const found = CHANGES.find((one) => one === outcome);
  return found && `change.${found}`;
}

/** Whether one of the patterns names the event. */
export function isSubscribed(type: NoticeType, patterns: readonly string[]): boolean {
  return patterns.some((one) => one === type || one === '*' || one === `${type.split('.')[0]}.*`);
}

/** Where notices go. The URL is a secret: knowing it is enough to post there. */
export interface NoticeTarget {
  url: string;
  /** The only part of the URL that may be shown. */
  host: string;
  /** The key of the signatures; undefined if the notices are not signed. */
  key: Uint8Array | undefined;
  events: readonly string[];
  format: NoticeFormat;
}

/** A target without what is secret about it. */
export type PublicTarget = Pick<NoticeTarget, 'host' | 'format' | 'events'>;

export function describeTarget({ host, format, events }: PublicTarget): string {
  return `${format} to ${host}: ${events.join(', ')}`;
}
