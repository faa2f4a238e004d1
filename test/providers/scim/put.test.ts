import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { asUserRecord } from '../../../src/upstream/user-record.ts';
import { planFor, providerOf } from '../../support/pipeline/requests.ts';
import { ENTERPRISE, SCIM } from '../../support/pipeline/user-records.ts';

const bodyWithout = (extension: JsonObject) => {
  const { department: _, ...record } = SCIM;
  const read = asUserRecord(providerOf('scim'), { ...record, [ENTERPRISE]: extension });
  return planFor('scim', read, { clear: ['manager'] }).body;
};

it('sends no empty object in the place of a manager', () => {
  const manager = { value: 'm-1', displayName: 'Max', $ref: '../Users/m-1' };
  expect(bodyWithout({ department: 'Old', manager })[ENTERPRISE]).toEqual({ department: 'Old' });
});

it('keeps what else the directory holds there', () => {
  const manager = { value: 'm-1', displayName: 'Max', since: '2024' };
  expect(bodyWithout({ department: 'Old', manager })[ENTERPRISE]).toEqual({
    department: 'Old',
    manager: { since: '2024' },
  });
});

it('lists an extension in schemas in whatever case its URN is', () => {
  const { schemas: _, ...record } = SCIM;
  const { body } = planFor('scim', { ...record, 'URN:Acme:Badge': { n: 1 } }, { set: { title: 'CEO' } });
  expect(body['schemas']).toContain('URN:Acme:Badge');
});
