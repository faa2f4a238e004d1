import { gone, textUpTo, type VendorSamples } from '../../samples.ts';
import { credentials } from './credentials.ts';

const FIELDS = ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'position', 'language'];

/** Fields and lengths: the vendor's OpenAPI, https://github.com/awork-io/developer-docs */
export const samples: VendorSamples = {
  headers: { Authorization: `Bearer ${credentials.apiKey}` },
  userPath: '/users/',
  fields: {
    firstName: textUpTo(1000, 'Janet'),
    lastName: textUpTo(1000, 'Müller 😀'),
    birthDate: {
      listed: { type: 'string', format: 'date-time' },
      valid: '1990-01-31',
      changes: () => ({ birthDate: '1990-01-31T00:00:00Z' }),
      invalid: ['2999-01-01', '31.01.1990', '1990-02-30', 'soon', '', null, 19900131],
    },
    gender: textUpTo(25, 'diverse'),
    title: textUpTo(100, 'Dr.'),
    position: textUpTo(1000, 'Staff Engineer'),
    language: textUpTo(25, 'de-DE'),
  },
  clearable: gone(...FIELDS),
  // Replaces: a field that does not change is repeated, one that is emptied is null.
  body: (before, changed) =>
    Object.fromEntries(
      FIELDS.map((name) => [name, (Object.hasOwn(changed, name) ? changed[name] : before[name]) ?? null]),
    ),
  volatile: ['updatedOn', 'updatedBy', 'resourceVersion'],
  unknownId: '6e1f6f0a-52b1-4c3e-8f0d-ffffffffffff',
  credential: 'AWORK_API_KEY',
  forbidden: 'credentials_rejected',
  preview: { position: 'Head', birthDate: '1990-01-31T00:00:00Z' },
  marked: {
    personal: 'title',
    open: ['position', 'Principal'],
    other: 'gender',
    keys: [credentials.apiKey],
    error: (message) => ({
      code: 'validation-failed',
      description: message,
      validationErrors: [{ property: 'x', message }],
    }),
  },
  soak: [
    { name: 'position', value: ({ plain }) => plain, free: true },
    { name: 'title', value: ({ personal }) => personal },
    { name: 'gender', value: ({ personal }) => personal },
    { name: 'language', value: ({ plain }) => plain },
  ],
};
