/** What policy can decide on a leaf change, the most lenient first: the strictest of several counts. */
export const DECISIONS = ['allow', 'confirm', 'approve', 'strip', 'deny'] as const;
export type Decision = (typeof DECISIONS)[number];
