/**
 * The fields of each vendor's own page of the update call, as a tool has to list them. Written off the pages, not off
 * our definitions: values as the vendors state them, formats in words, int64 as its digits, of which none may be lost.
 */

const text = { type: 'string' };
const email = { type: 'string', description: 'e-mail' };
const day = { type: 'string', description: 'YYYY-MM-DD' };
const flag = { type: 'boolean' };
const int64 = { type: 'string', description: 'int64' };
const oneOf = (...values: readonly string[]) => ({ type: 'string', enum: values });
const upTo = (maxLength: number) => ({ type: 'string', maxLength });
const object = (properties: Record<string, object>, required?: string[]) => ({
  type: 'object',
  properties,
  ...(required && { required }),
  additionalProperties: false,
});
const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, text]));

const NAME = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const ADDRESS = ['address1', 'address2', 'city', 'province', 'postalCode', 'country'];
const AWORK = ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'position', 'language'];

export interface Seed {
  fields: Record<string, object>;
  /** What the items of `clear` look like; undefined where nothing can be cleared. */
  clear: object | undefined;
}

export const SEEDS: Readonly<Record<string, Seed>> = {
  atomicwork_update_user: {
    fields: {
      email,
      first_name: text,
      middle_name: text,
      last_name: text,
      personal_email: email,
      timezone: text,
      language: text,
      state: text,
      city: text,
      country: text,
      department: int64,
      team: int64,
      level: text,
      title: text,
      address: text,
      originally_hired: day,
      joined_on: day,
      terminated_on: day,
      employee_id: text,
      date_of_birth: day,
      phone_number: text,
      gender: text,
      hr: int64,
      manager: int64,
      company_legal_entity: int64,
      employment_status: text,
      slack_id: text,
      azure_id: text,
      external_id: text,
      external_app_type: oneOf('MICROSOFT', 'OKTA', 'GOOGLE', 'RAPID7', 'JUMPCLOUD'),
      org_roles: { type: 'array', items: int64 },
      password: text,
      profile_image: int64,
      custom_fields: { type: 'object' },
      is_deleted: flag,
      has_reporters: flag,
      notification_enabled: flag,
    },
    clear: undefined,
  },
  awork_update_user: {
    // Lengths: the vendor's OpenAPI, https://github.com/awork-io/developer-docs
    fields: {
      firstName: upTo(1000),
      lastName: upTo(1000),
      birthDate: { type: 'string', format: 'date-time' },
      gender: upTo(25),
      title: upTo(100),
      position: upTo(1000),
      language: upTo(25),
    },
    clear: oneOf(...AWORK),
  },
  atlassian_update_user: {
    fields: {
      userName: text,
      emails: { type: 'array', items: object({ value: email, type: text, primary: flag }, ['value']) },
      active: flag,
      externalId: text,
      name: object(texts(...NAME)),
      displayName: text,
      nickName: text,
      title: text,
      preferredLanguage: text,
      timezone: text,
      department: text,
      organization: text,
      phoneNumbers: { type: 'array', items: object({ value: text, type: text, primary: flag }, ['value']) },
    },
    clear: oneOf(
      'externalId',
      'name',
      'displayName',
      'nickName',
      'title',
      'preferredLanguage',
      'timezone',
      'department',
      'organization',
      'phoneNumbers',
      ...NAME.map((part) => `name.${part}`),
    ),
  },
  dayzero_update_user: {
    fields: {
      first_name: text,
      last_name: text,
      photo_url: { type: 'string', description: 'URL' },
      onboarded: flag,
      props: { type: 'object' },
    },
    clear: { type: 'string', pattern: '^props\\..+' },
  },
  mediasilo_update_user: {
    fields: {
      userName: { type: 'string', pattern: '^[A-Za-z0-9._@-]+$' },
      password: { type: 'string', minLength: 8 },
      firstName: text,
      lastName: text,
      company: text,
      email,
      phone: text,
      mobile: text,
      address: object(texts(...ADDRESS)),
      status: oneOf('ACTIVE', 'LOCKED', 'DELETED'),
      sso: flag,
      ssoId: text,
      defaultRoleTemplateId: text,
    },
    clear: oneOf('firstName', 'lastName'),
  },
};
