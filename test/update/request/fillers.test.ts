import { describe, expect, it } from 'vitest';
import { faultsOf, parse } from '../../support/pipeline/parse-arguments.ts';

const jane = { user_id: '3f2c' };
const titled = { ...jane, set: { title: 'Boss' } };

describe('a filler', () => {
  it.each<[string, string, unknown]>([
    ['atlassian', 'nickName', null],
    ['atlassian', 'nickName', ''],
    ['atlassian', 'phoneNumbers', []],
    ['awork', 'position', null],
    ['awork', 'position', ''],
    ['mediasilo', 'firstName', null],
    ['mediasilo', 'firstName', ''],
  ])('at %s in %s is refused with a hint at clear: %j', (id, field, value) => {
    const [fault = '', ...rest] = faultsOf(id, { ...jane, set: { [field]: value } });
    expect(rest).toEqual([]);
    expect(fault).toBe(
      `set.${field}: ${JSON.stringify(value)} is not a value to set; to empty it use clear: ["${field}"]`,
    );
  });

  it.each<[string, string, unknown]>([
    ['atlassian', 'active', null],
    ['atlassian', 'emails', []],
    ['atlassian', 'userName', ''],
    ['atomicwork', 'title', ''],
    ['atomicwork', 'manager', null],
    ['atomicwork', 'org_roles', []],
    ['dayzero', 'first_name', ''],
    ['mediasilo', 'email', ''],
  ])('at %s in %s is refused where nothing can be cleared: %j', (id, field, value) => {
    const faults = faultsOf(id, { user_id: '1', set: { [field]: value } });
    expect(faults).toEqual([
      `set.${field}: ${JSON.stringify(value)} is not a value to set; it cannot be emptied here; leave it out`,
    ]);
  });

  it.each<[string, object, string]>([
    ['atlassian', { name: { middleName: '' } }, 'to empty it use clear: ["name.middleName"]'],
    ['atlassian', { name: { middleName: null } }, 'to empty it use clear: ["name.middleName"]'],
    ['dayzero', { props: { theme: null } }, 'to empty it use clear: ["props.theme"]'],
    ['dayzero', { props: { theme: '' } }, 'to empty it use clear: ["props.theme"]'],
    ['dayzero', { props: { 'a.b': null } }, 'to empty it use clear: ["props.a\\.b"]'],
    ['mediasilo', { address: { city: '' } }, 'it cannot be emptied here'],
    ['atomicwork', { custom_fields: { size: null } }, 'it cannot be emptied here'],
    ['atomicwork', { custom_fields: { size: '' } }, 'it cannot be emptied here; leave it out'],
  ])('within an object is refused, too: %s %j', (id, set, hint) => {
    const faults = faultsOf(id, { user_id: '1', set });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(hint);
  });
});

describe('an empty argument for the shape of the answer', () => {
  it.each([
    [{ attributes: '' }, undefined],
    [{ excluded_attributes: '' }, undefined],
    [{ attributes: '', excluded_attributes: '' }, undefined],
    [{ attributes: 'title', excluded_attributes: '' }, { attributes: 'title' }],
    [{ attributes: '', excluded_attributes: 'name' }, { excludedAttributes: 'name' }],
  ])('counts as not given: %j', (given, shape) => {
    expect(parse('atlassian', { ...titled, ...given }).shape).toEqual(shape);
  });

  it('is refused where the tool has no such argument', () => {
    expect(faultsOf('awork', { ...jane, set: { position: 'x' }, attributes: '' }).join()).toMatch(/^attributes: not/);
  });
});

describe('a secret', () => {
  it('is accepted as an argument only with allowSecretInput', () => {
    const args = { user_id: '1', set: { password: 'Correct-h0rse' } };
    expect(faultsOf('atomicwork', args).join()).toContain('set.password: is a secret');
    expect(parse('atomicwork', args, { allowSecretInput: true }).set.get('password')).toBe('Correct-h0rse');
  });

  it.each(['short1A', 'no-digit-Here', 'NO-LOWER-1', 'no-upper-1', 'NoSpecial1'])(
    'that is too weak for the vendor is named: %s',
    (password) => {
      const faults = faultsOf('mediasilo', { ...jane, set: { password } }, { allowSecretInput: true });
      expect(faults.join()).toMatch(/^set\.password: /);
      expect(faults.join()).not.toContain(password);
    },
  );

  it('may be asked for, but not given at the same time', () => {
    expect(parse('atomicwork', { user_id: '1', ask_for: ['password'] }).askFor).toEqual(['password']);
    const both = { user_id: '1', set: { password: 'x' }, ask_for: ['password'] };
    expect(faultsOf('atomicwork', both, { allowSecretInput: true }).join()).toContain(
      'ask_for: password is also in set',
    );
    expect(faultsOf('atomicwork', { user_id: '1', ask_for: ['title'] })).toHaveLength(1);
    expect(faultsOf('awork', { ...jane, ask_for: ['password'] })).toHaveLength(1);
  });
});

describe('several connections', () => {
  const options = { allowSecretInput: false, connections: ['acme', 'acme-eu'] };

  it('have to be named exactly', () => {
    expect(parse('atlassian', { ...titled, connection: 'acme-eu' }, options).connection).toBe('acme-eu');
    for (const connection of [undefined, '', 'ACME', 'acme ', 'other', null, ['acme']]) {
      expect(faultsOf('atlassian', { ...titled, connection }, options).join()).toMatch(/^connection: /);
    }
  });
});
