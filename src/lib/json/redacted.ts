/** The audience of a redacted value: the agent, the person who decides, or the audit log with metrics and logs. */
export type Audience = 'model' | 'person' | 'audit';

/** A placeholder for a secret, for a value that was never read, or for no value. Every audience may see it. */
export type Placeholder = '[secret]' | '[not read]' | null;

declare const seenBy: unique symbol;

/**
 * A JSON value without what audience `A` may not see. Opaque, so that a value made for one audience cannot reach
 * another: it can be quoted and serialized, and nothing else. Only `update/redact` makes one.
 */
export type Redacted<A extends Audience> = Placeholder | { readonly [seenBy]: A };
