import type { VendorId } from '../../../src/sandbox/index.ts';
import type { MarkedFields } from '../../../src/sandbox/samples.ts';
import { vendors } from '../../../src/sandbox/vendors/index.ts';
import { samples } from './samples.ts';

/** Each class of values has its own mark; some encoding changes every special character in it. */
export const SECRET = `S3cr+t/"<é&'`;
export const OLD = `0ld+pers/"<é&'`;
export const NEW = `N3w+pers/"<é&'`;
export const STRANGE = `Unkn0wn+x/"<é&'`;
export const FOREIGN = `F0reign+y/"<é&'`;
/** Parts of a reason that are masked by shape: an e-mail, a day of birth, a telephone number, a token. */
export const SHAPED = [
  'private.mark@shape.example',
  '1912-02-29',
  '+49 151 9988776',
  'tok-Sh4pe5-0123456789-abcdef',
] as const;

/** Of every vendor with a built-in provider, the fields that tests put marks into. */
export const FIXTURES = vendors.map(({ id }): [VendorId, MarkedFields] => [id, samples[id].marked]);

/** Values of every credential in use, in every form in which it is sent. */
export const CREDENTIALS: readonly string[] = FIXTURES.flatMap(([, { keys }]) => keys);
