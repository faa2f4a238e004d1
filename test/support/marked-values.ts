import { credentials, type JsonRecord, type JsonValue, type VendorId } from '../../src/sandbox/index.ts';

/** Each class of values has a mark of its own; every character in it is one that some encoding writes differently. */
export const SECRET = `S3cr+t/"<é&'`;
export const OLD = `0ld+pers/"<é&'`;
export const NEW = `N3w+pers/"<é&'`;
export const STRANGE = `Unkn0wn+x/"<é&'`;
export const FOREIGN = `F0reign+y/"<é&'`;
/** What a reason may hold that is kept by its shape only: an e-mail, a day of birth, a telephone number, a token. */
export const SHAPED = [
  'private.mark@shape.example',
  '1912-02-29',
  '+49 151 9988776',
  'tok-Sh4pe5-0123456789-abcdef',
] as const;

export interface Fixture {
  /** A personal field that is changed, from OLD to NEW. */
  personal: string;
  /** A value of that field around a mark. */
  around?: (mark: string) => string;
  /** A field everybody may see, and a good value for it. */
  open: [string, JsonValue];
  /** Another personal field, which holds OLD and is none of the call's business. */
  other: string;
  secret?: string;
  keys: readonly string[];
  /** An error in the vendor's shape that says this. */
  error(text: string): JsonRecord;
}

const basic = `${credentials.mediasilo.userName}:${credentials.mediasilo.password}`;
export const FIXTURES: Readonly<Record<VendorId, Fixture>> = {
  atomicwork: {
    personal: 'address',
    open: ['level', 'Principal'],
    other: 'city',
    secret: 'password',
    keys: [credentials.atomicwork.apiKey],
    error: (error) => ({ error, code: 'VALIDATION_FAILED' }),
  },
  awork: {
    personal: 'title',
    open: ['position', 'Principal'],
    other: 'gender',
    keys: [credentials.awork.apiKey],
    error: (message) => ({
      code: 'validation-failed',
      description: message,
      validationErrors: [{ property: 'x', message }],
    }),
  },
  atlassian: {
    personal: 'nickName',
    open: ['title', 'Principal'],
    other: 'externalId',
    keys: [credentials.atlassian.token],
    error: (detail) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400', detail }),
  },
  dayzero: {
    personal: 'photo_url',
    around: (mark) => `https://photos.example/?of=${mark}`,
    open: ['onboarded', false],
    other: 'email',
    keys: [credentials.dayzero.token],
    error: (detail) => ({ detail }),
  },
  mediasilo: {
    personal: 'phone',
    open: ['company', 'Principal Ltd.'],
    other: 'mobile',
    secret: 'password',
    keys: [credentials.mediasilo.password, Buffer.from(basic).toString('base64'), basic],
    error: (message) => ({ message }),
  },
};
