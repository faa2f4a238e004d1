/**
 * What class Account Change of the Open Cybersecurity Schema Framework, version 1.8.0, asks of an event
 * (https://schema.ocsf.io/1.8.0/classes/account_change), for the attributes we write: which are required, their types
 * and values, and that there is no attribute the class does not have.
 */

const text = { type: 'string', minLength: 1 };
const whole = { type: 'integer' };
const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

/** Activities, statuses and severities by their numbers. */
export const activities = [
  ...['Unknown', 'Create', 'Enable', 'Password Change', 'Password Reset', 'Disable', 'Delete', 'Attach Policy'],
  ...['Detach Policy', 'Lock', 'MFA Factor Enable', 'MFA Factor Disable', 'Unlock'],
];
const ids = [...activities.keys(), 99];

/** Where a number is named, the name is the schema's; for `Other` it is the source's own. */
const named = (of: string, names: readonly string[]) =>
  names.map((name, id) => ({
    if: { properties: { [`${of}_id`]: { const: id } }, required: [`${of}_id`] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { [of === 'activity' ? 'activity_name' : of]: { const: name } } },
  }));

const user = object(
  {
    uid: text,
    name: text,
    type: text,
    type_id: { enum: [0, 1, 2, 3, 4, 99] },
    account: object({ name: text, uid: text }, { anyOf: [{ required: ['name'] }, { required: ['uid'] }] }),
  },
  { anyOf: [{ required: ['account'] }, { required: ['name'] }, { required: ['uid'] }] },
);

export const accountChange = object(
  {
    activity_id: { enum: ids },
    activity_name: text,
    category_uid: { const: 3 },
    category_name: { const: 'Identity & Access Management' },
    class_uid: { const: 3001 },
    class_name: { const: 'Account Change' },
    type_uid: { enum: ids.map((id) => 300_100 + id) },
    type_name: text,
    severity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
    severity: text,
    status_id: { enum: [0, 1, 2, 99] },
    status: text,
    status_code: text,
    status_detail: text,
    // In milliseconds: later than 2001 if read so, and before the year 3000.
    time: { type: 'integer', minimum: 1e12, maximum: 32_503_680_000_000 },
    message: text,
    metadata: object(
      {
        version: { const: '1.8.0' },
        product: object({ name: text, vendor_name: text, version: text }, { required: ['name'] }),
        log_name: text,
        uid: text,
        original_event_uid: text,
        original_time: text,
        sequence: whole,
        correlation_uid: text,
      },
      { required: ['version', 'product'] },
    ),
    actor: object({ user, app_name: text }, { anyOf: [{ required: ['user'] }, { required: ['app_name'] }] }),
    user,
    unmapped: { type: 'object' },
  },
  {
    required: [
      ...['activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id'],
      ...['time', 'metadata', 'user'],
    ],
    allOf: [
      ...named('activity', activities),
      ...named('status', ['Unknown', 'Success', 'Failure']),
      ...named('severity', ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical', 'Fatal']),
      ...ids.map((id) => ({
        if: { properties: { activity_id: { const: id } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { type_uid: { const: 300_100 + id } } },
      })),
    ],
  },
);
