import type { JsonObject } from '../../../src/lib/json/json-value.ts';

/** User records as vendors return them. */

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const AWORK = {
  firstName: 'Jane',
  lastName: 'Doe',
  birthDate: null,
  gender: '',
  title: 'Dr',
  position: 'PM',
  language: 'en',
};
export const SCIM: JsonObject = {
  schemas: [USER, ENTERPRISE],
  id: '1',
  userName: 'jane',
  emails: [{ value: 'j@a.example', primary: true }],
  active: false,
  department: 'Old',
  [ENTERPRISE]: { department: 'Old', costCenter: 7 },
  groups: [{ value: 'g' }],
  meta: { lastModified: '2026' },
  unknown: { deep: [1, { a: 9007199254740993n }] },
};
