import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json/json-value.ts';
import type { Audience } from '../../../src/lib/json/redacted.ts';
import { SECRET } from '../../../src/update/redact/mask.ts';
import { sensitiveValues } from '../../../src/update/redact/sensitive.ts';
import { viewRecord, viewValue } from '../../../src/update/redact/view.ts';
import { providerOf } from '../../support/pipeline/requests.ts';

describe('the view of an attribute', () => {
  const strict = { relaxed: [] };
  const atomicwork = providerOf('atomicwork');
  const atlassian = providerOf('atlassian');

  it.each(['model', 'person', 'audit'] as const)('never shows a secret, to audience %s', (audience) => {
    for (const value of ['hunter2', '', null, undefined, 7, { a: 1 }]) {
      expect(viewValue(atomicwork, 'password', value, audience, { relaxed: ['model', 'audit', 'person'] })).toBe(
        SECRET,
      );
    }
  });

  it.each(['model', 'person', 'audit'] as const)('never shows an undeclared attribute, to audience %s', (audience) => {
    for (const name of ['badge', 'constructor', '__proto__', 'toString']) {
      expect(viewValue(atlassian, name, 'x', audience, { relaxed: ['model', 'audit', 'person'] })).toBe(SECRET);
    }
  });

  it('shows public values to all, and personal ones in clear to the person only', () => {
    const shown = (name: string, audience: 'model' | 'person' | 'audit') =>
      viewValue(atomicwork, name, 'Value', audience, strict);
    expect([shown('title', 'model'), shown('title', 'person'), shown('title', 'audit')]).toEqual(
      Array(3).fill('Value'),
    );
    expect(shown('city', 'person')).toBe('Value');
    expect([shown('city', 'model'), shown('city', 'audit')]).toEqual(['V•••', 'V•••']);
  });

  it('shows personal values in clear to an audience the operator relaxed, and no other', () => {
    const shown = (audience: 'model' | 'audit') =>
      viewValue(atomicwork, 'city', 'Paris', audience, { relaxed: ['audit'] });
    expect([shown('model'), shown('audit')]).toEqual(['P•••', 'Paris']);
  });

  const parts: readonly [string, string, Json, Json, Json][] = [
    [
      'atlassian',
      'emails',
      [{ value: 'jane@acme.com', type: 'work', primary: true, display: 'Jane' }],
      [{ value: 'j•••@acme.com', type: 'work', primary: true, display: SECRET }],
      [{ value: 'jane@acme.com', type: 'work', primary: true, display: SECRET }],
    ],
    [
      'atlassian',
      'name',
      { givenName: 'Jane', familyName: { of: 'Doe' }, x_unknown: 'kept', constructor: 'x' },
      { givenName: 'J•••', familyName: { of: SECRET }, x_unknown: SECRET, constructor: SECRET },
      { givenName: 'Jane', familyName: { of: SECRET }, x_unknown: SECRET, constructor: SECRET },
    ],
    [
      'mediasilo',
      'address',
      { city: 'Paris', geo: [1] },
      { city: 'P•••', geo: SECRET },
      { city: 'Paris', geo: SECRET },
    ],
    ['awork', 'position', { text: 'PM' }, { text: SECRET }, { text: SECRET }],
    ['dayzero', 'props', { theme: { dark: 'yes' } }, { theme: { dark: 'y•••' } }, { theme: { dark: 'yes' } }],
    ['atomicwork', 'custom_fields', { badge: 'B-1' }, { badge: 'B•••' }, { badge: 'B-1' }],
    ['atomicwork', 'manager', { id: 5, name: 'Max' }, 5, { id: 5, name: 'Max' }],
  ];

  it.each(parts)('shows declared parts only, of %s.%s', (id, name, value, toModel, toPerson) => {
    const shown = (audience: Audience) => viewValue(providerOf(id), name, value, audience, strict);
    expect([shown('model'), shown('audit'), shown('person')]).toEqual([toModel, toModel, toPerson]);
  });

  it('counts undeclared parts as sensitive also if the field is public', () => {
    const { emails, ...fields } = atlassian.fields;
    if (!emails) throw new Error('no emails');
    const open = { ...atlassian, fields: { ...fields, emails: { ...emails, sensitivity: 'public' as const } } };
    const record = { emails: [{ value: 'jane@acme.com', display: 'Jane D.' }], title: { of: 'nobility' } };
    expect(sensitiveValues(open, record)).toEqual(['Jane D.', 'nobility']);
    expect(viewRecord(open, record, 'model', strict)).toEqual({
      emails: [{ value: 'jane@acme.com', display: SECRET }],
      title: { of: SECRET },
    });
  });

  it('shows only the declared keys of an extension', () => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const record = { [enterprise]: { department: 'Sales', employeeNumber: '4711', manager: { displayName: 'Max' } } };
    expect(viewRecord(atlassian, record, 'model', strict)).toEqual({
      [enterprise]: { department: 'Sales', employeeNumber: SECRET, manager: SECRET },
    });
  });
});
