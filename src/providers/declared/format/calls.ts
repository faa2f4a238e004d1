import * as z from 'zod';
import { described } from '../../../lib/described.ts';
import { ENCODINGS, LOOKED_UP_BY, PATCH_STYLES, WRITE_METHODS } from '../../calls.ts';
import { ERROR_KINDS, WAIT_UNITS } from '../../errors.ts';
import {
  fieldName,
  headerName,
  headers,
  name,
  parameterName,
  path,
  place,
  pointer,
  query,
  scalar,
  sentence,
} from './parts.ts';

/** What is sent to the vendor, and what its responses mean. */

const MAX_LAG_MS = 10_000;

export const read = () =>
  described(
    'How a user record is read.',
    z.strictObject({
      path: path(),
      query: query().optional(),
      unwrap: described('Where the record is in the response.', pointer()).optional(),
      lagMs: described(
        'How long to wait before each further read of a record that does not show a write yet.',
        z.array(z.int().min(1).max(MAX_LAG_MS)).max(5),
      ).optional(),
    }),
  );

const contentType = () =>
  z
    .string()
    .regex(/^application\/(?:[a-z0-9.-]+\+)?json$/, 'expected application/json, or a type that ends with +json');

const names = () => z.array(fieldName()).max(200);

export const write = () =>
  described(
    'How a user record is written.',
    z.strictObject({
      method: described('The HTTP method.', z.enum(WRITE_METHODS)),
      path: path(),
      query: query().optional(),
      contentType: described('`application/json` when left out.', contentType()).optional(),
      contentTypeAfter415: described('Sent once instead after a 415.', contentType()).optional(),
      encoding: described(
        '`merge`: fields that change; `replace`: the whole record, since the vendor empties what is left out; `merge-patch`: the leaves that change (RFC 7396); `scim-patch`: operations for them (RFC 7644 section 3.5.2).',
        z.enum(ENCODINGS),
      ),
      wrapper: described('The key under which the body is sent.', name()).optional(),
      carry: described(
        'With `replace`: what goes back besides the fields that change, `all` or pointers.',
        z.union([z.literal('all'), z.array(place()).max(200)]),
      ).optional(),
      withhold: described(
        'What the vendor maintains itself and does not take back.',
        z.array(place()).max(200),
      ).optional(),
      echo: described(
        'Fields that are sent along as read: always, or `with` one of these fields.',
        z.record(
          fieldName(),
          z.strictObject({
            with: described('Only when one of these fields changes.', names().min(1)).optional(),
            default: described('The vendor writes this where the field is left out.', scalar()).optional(),
            required: described('Without a value in the record nothing is sent.', z.literal(true)).optional(),
          }),
        ),
      ).optional(),
      fillsIn: described(
        'What the vendor writes into a field that is left out.',
        z.record(fieldName(), scalar()),
      ).optional(),
      immutable: described('Fields that are refused before anything is sent.', names()).optional(),
      setOnce: described('Fields that can only be set where the record shows none.', names()).optional(),
      maxEntries: described('The most entries that a list may have.', z.int().min(1).max(1000)).optional(),
      ifMatch: described('The vendor honours `If-Match` with the entity tag of a read.', z.literal(true)).optional(),
      patchStyle: described('With `scim-patch`.', z.enum(PATCH_STYLES)).optional(),
      entryNames: described(
        'With `scim-patch`: the members by which a filter may name an entry of a list.',
        z.array(name()).min(1).max(8),
      ).optional(),
      maxOperations: described(
        'With `scim-patch`: the most operations of one request.',
        z.int().min(1).max(1000),
      ).optional(),
    }),
  );

const parameter = () => described('The name of the parameter.', parameterName());
const first = () => described('What the first page or record is counted as.', z.int().min(0).max(1));
const from = () => described('Where the response has it.', place());
const size = () =>
  described(
    'How many are asked for at once.',
    z.strictObject({
      parameter: parameter(),
      value: described('The number.', z.int().min(1).max(1000)),
    }),
  );

const paging = () =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('number'), parameter: parameter(), first: first(), size: size().optional() }),
    z.strictObject({ kind: z.literal('start'), parameter: parameter(), first: first(), size: size() }),
    z.strictObject({ kind: z.literal('cursor'), parameter: parameter(), from: from() }),
    z.strictObject({ kind: z.literal('link') }),
    z.strictObject({ kind: z.literal('next'), from: from() }),
  ]);

export const find = () =>
  described(
    'Look-ups, in the order in which they are tried. {query} is what is looked for.',
    z
      .array(
        z.strictObject({
          by: described('What is looked up.', z.enum(LOOKED_UP_BY)),
          matches: described(
            'Attributes of which one has to equal the query, besides ids, e-mails and label.',
            z.array(name()).max(8),
          ).optional(),
          path: path(),
          query: query().optional(),
          headers: described('Headers that only this call carries.', headers()).optional(),
          quote: described('How {query} is written in a filter language.', z.enum(['json', 'odata'])).optional(),
          list: described('Where the list is in the response.', pointer()).optional(),
          total: described('Where the number of matches is; 0 stands for an empty list.', place()).optional(),
          single: described('The response may be one record.', z.literal(true)).optional(),
          paging: described(
            'How the list goes on: page `number`, `start` index, `cursor`, `link` header, or the URL of the `next` page.',
            paging(),
          ).optional(),
          scan: described(
            'Reads this many pages and matches here, for vendors without a filter.',
            z.strictObject({ maxPages: described('The most pages.', z.int().min(1).max(100)) }),
          ).optional(),
        }),
      )
      .max(16),
  );

export const findLimits = () =>
  described(
    'What is said when nothing was found.',
    z.strictObject({
      says: described('A sentence for the model.', sentence(300)),
      ofEmail: described('Added for an e-mail address.', sentence(200)).optional(),
    }),
  );

const status = () => z.int().min(100).max(599);
const kinds = () => z.record(z.string().min(1).max(128), z.enum(ERROR_KINDS));

export const errors = () =>
  described(
    'Where an error response says what is wrong.',
    z.strictObject({
      messages: described('Pointers to one sentence; the first that is a text.', z.array(place()).max(8)).optional(),
      faults: described(
        'Lists of faults, each with its sentence.',
        z
          .array(
            z.strictObject({
              at: described('Where the list is.', pointer()),
              keyed: described('It is an object whose keys name fields.', z.literal(true)).optional(),
              path: described('Where an entry names the field.', pointer()).optional(),
              message: described('Where an entry has its sentence.', pointer()),
            }),
          )
          .max(8),
      ).optional(),
      header: described('A header with a sentence.', headerName()).optional(),
      codes: described(
        'What the vendor’s own codes mean, in responses below 500.',
        z
          .array(
            z.strictObject({
              at: described('Where the code is.', place()),
              is: described('By the exact code.', kinds()).optional(),
              contains: described('By a part of the code, without case.', kinds()).optional(),
              statuses: described('Only with one of these statuses.', z.array(status()).min(1)).optional(),
            }),
          )
          .max(8),
      ).optional(),
    }),
  );

export const statusHints = () =>
  described(
    'A sentence for a status that means more than its name says.',
    z.record(z.string().regex(/^[1-5]\d\d$/, 'expected a status such as 403'), sentence(300)),
  );

export const slowDown = () =>
  described(
    'How the vendor asks to slow down, besides 429 and Retry-After.',
    z.strictObject({
      statuses: described('Statuses that mean so, besides 429.', z.array(status())).optional(),
      headers: described(
        'Headers that say how long.',
        z
          .array(
            z.strictObject({
              name: described('The name of the header.', headerName()),
              unit: described('`epoch`: seconds since 1970.', z.enum(WAIT_UNITS)),
            }),
          )
          .max(8),
      ).optional(),
    }),
  );

export const probe = () =>
  described(
    'A read that shows whether the credential works.',
    z.strictObject({
      path: path(),
      query: query().optional(),
      shows: described(
        '`list`, or pointers of which one is in the response.',
        z.union([z.literal('list'), z.array(place()).min(1).max(8)]),
      ),
      rights: described('What the credential may do, as far as a read can tell.', sentence(300)),
    }),
  );
