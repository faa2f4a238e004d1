import * as z from 'zod';
import { described } from '../../../lib/described.ts';
import * as calls from './calls.ts';
import * as connect from './connect.ts';
import * as declared from './fields.ts';
import { httpsUrl, name, place, scalar, sentence } from './parts.ts';

/** `[a-z][a-z0-9_]{1,23}`: the prefix of a tool's name, of variables, and of policy paths. */
export const PROVIDER_ID = /^[a-z][a-z0-9_]{1,23}$/;

const names = () => z.array(name()).max(64);

const emailSource = () =>
  z.union([
    place(),
    z.strictObject({
      pointer: place(),
      value: described('The member of each entry of the list that is the address.', name()).optional(),
      where: described('Only entries with these members.', z.record(name(), scalar())).optional(),
    }),
  ]);

/** The sections of a provider file. None has a default. */
export const sections = {
  $schema: () => described('The JSON Schema of this file, for editors.', z.string()).optional(),
  version: () => described('The version of this format.', z.literal(1)),
  id: () =>
    described(
      'Names tool, variables and policy paths.',
      z.string().regex(PROVIDER_ID, 'expected 2 to 24 of a-z, 0-9 and _, a letter first'),
    ),
  title: () => described('The name of the product, for people.', sentence(40)),
  docs: () => described('The vendor’s page of the update call.', httpsUrl()),
  sources: () => described('The vendor’s pages that this file is made from.', z.array(httpsUrl()).max(64)).optional(),
  hint: () => described('A sentence for the model about ids and oddities.', sentence(300)),
  example: () =>
    described(
      'A realistic call.',
      z.strictObject({
        user_id: described('An id as the vendor writes it.', z.string().min(1).max(256)),
        set: described('Fields with values that they take.', z.record(name(), z.json())),
      }),
    ),
  settings: connect.settings,
  baseUrl: connect.baseUrl,
  headers: () => connect.commonHeaders().optional(),
  auth: connect.auth,
  userId: connect.userId,
  read: calls.read,
  write: calls.write,
  fields: declared.fields,
  openFields: () => declared.openFields().optional(),
  readOnly: declared.readOnly,
  volatile: () => described('Read-only attributes that change by themselves.', names()),
  ids: () => described('Attributes that hold ids of the record.', names().min(1)),
  label: () =>
    described('The attributes that name the person; the first complete entry counts.', z.array(names().min(1)).min(1)),
  emails: () => described('The e-mail addresses of the person.', z.array(emailSource()).max(16)),
  apart: () => described('Public fields that distinguish people of the same name.', names()).optional(),
  status: () =>
    described(
      'Whether the person can log in; the first that fits.',
      z
        .array(
          z.strictObject({
            is: described('The word for it.', sentence(40)),
            when: described(
              'Attributes with the values that mean it.',
              z.record(name(), z.array(scalar()).min(1).max(32)),
            ),
          }),
        )
        .max(32),
    ),
  recordVersion: () =>
    described('Pointers to a version of the record; the first one present counts.', z.array(place()).max(8)).optional(),
  find: calls.find,
  findLimits: () => calls.findLimits().optional(),
  errors: calls.errors,
  statusHints: () => calls.statusHints().optional(),
  slowDown: () => calls.slowDown().optional(),
  probe: calls.probe,
};

type FileSections = typeof sections;

/** A provider file that has the right shape. */
export type ProviderFile = { [Name in keyof FileSections]: z.output<ReturnType<FileSections[Name]>> };

export type FileField = ProviderFile['fields'][string];

/** What limits the values of a type. */
export type FileLimits = Pick<FileField, 'enum' | 'minLength' | 'maxLength' | 'minimum' | 'maximum'>;

/** The schema of a provider file. */
export function fileSchema() {
  const shape = Object.fromEntries(Object.entries(sections).map(([key, make]) => [key, make()]));
  return z.strictObject(shape);
}
