import { describe, expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import { faultsOf, parse } from '../../support/pipeline/parse-arguments.ts';

const jane = { user_id: '3f2c' };
const titled = { ...jane, set: { title: 'Boss' } };

describe('valid arguments', () => {
  it('become a request with nothing added', () => {
    expect(parse('atlassian', titled)).toEqual({
      tool: 'tool',
      userId: '3f2c',
      set: new Map([['title', 'Boss']]),
      clear: [],
      askFor: [],
      dryRun: false,
    });
  });

  it.each(providers.map((provider) => [provider.id, provider] as const))(
    'of the example of %s are valid',
    (id, provider) => {
      const { set } = parse(id, provider.example);
      expect([...set.keys()]).toEqual(Object.keys(provider.example.set));
    },
  );

  it('may clear without setting', () => {
    expect(parse('atlassian', { ...jane, clear: ['nickName', 'name.middleName', 'nickName'] })).toMatchObject({
      set: new Map(),
      clear: ['nickName', 'name.middleName'],
    });
  });

  it.each([
    [5, 5],
    ['5', 5],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['0', 0],
  ])('may name an int64 as %o', (given, exact) => {
    const { set } = parse('atomicwork', { user_id: '9007199254740993', set: { department: given } });
    expect(set.get('department')).toBe(exact);
  });

  it.each([-5, '-5', 1.5, '012', '00', 'x'])('may not name an int64 as %o', (given) => {
    const [fault = '', ...rest] = faultsOf('atomicwork', { user_id: '1', set: { department: given } });
    expect(rest).toEqual([]);
    expect(fault).toMatch(/^set\.department: expected a non-negative integer id; /);
  });

  it('may be null where they are optional, as if they were not given', () => {
    const nulls = { clear: null, ask_for: null, reason: null, dry_run: null };
    expect(parse('atomicwork', { user_id: '1', set: { title: 'Boss' }, ...nulls })).toEqual(
      parse('atomicwork', { user_id: '1', set: { title: 'Boss' } }),
    );
    const shapes = { attributes: null, excluded_attributes: null };
    expect(parse('atlassian', { ...jane, set: null, clear: ['title'], ...shapes }).clear).toEqual(['title']);
  });

  it('may clear at any depth of a free-form object, with escapes in names', () => {
    const clear = ['props.theme.color', 'props.a\\.b', 'props.\\*', 'props.DOMAIN\\\\ann'];
    expect(parse('dayzero', { ...jane, clear }).clear).toEqual(clear);
  });

  it('may have empty values deeper inside a free-form object', () => {
    const props = { access: { level: 'viewer', expires: null, deny: [], mfa: '', none: {} }, tools: [], none: {} };
    expect(parse('dayzero', { ...jane, set: { props } }).set.get('props')).toEqual(props);
  });

  it.each([
    ['a name', { set: { props: { ['n'.repeat(128)]: 1 } } }],
    ['a list', { set: { props: { list: Array.from({ length: 1_000 }, () => 1) } } }],
    ['a text', { set: { props: { text: 'x'.repeat(16 * 1024) } } }],
    ['clear', { clear: Array.from({ length: 200 }, (_, index) => `props.k${index}`) }],
    ['depth', { set: { props: deep(30) } }],
  ])('may be as large as the bounds allow: %s', (_name, args) => {
    expect(faultsOf('dayzero', { ...jane, ...args })).toEqual([]);
  });
});

describe('a fault', () => {
  it.each<[string, string, unknown, string]>([
    ['no arguments', 'atlassian', undefined, 'user_id: '],
    ['null', 'atlassian', null, 'arguments: expected an object, not null'],
    ['a list', 'atlassian', [], 'arguments: expected an object, not a list'],
    ['a string', 'atlassian', '{}', 'arguments: expected an object, not a string; send the JSON object'],
    ['a missing id', 'atlassian', { set: { title: 'x' } }, 'user_id: '],
    ['an id of the wrong type', 'atlassian', { ...titled, user_id: 7 }, 'user_id: '],
    ['an empty id', 'atlassian', { ...titled, user_id: '' }, 'user_id: expected the id'],
    ['an id that is a folder', 'atlassian', { ...titled, user_id: '..' }, 'user_id: expected the id'],
    ['an id with a line feed', 'atlassian', { ...titled, user_id: 'a\nb' }, 'user_id: control characters'],
    [
      'an id with other characters than digits',
      'atomicwork',
      { ...titled, user_id: '1e3' },
      'user_id: expected the numeric',
    ],
    ['an id of too many digits', 'atomicwork', { ...titled, user_id: '1'.repeat(20) }, 'user_id: expected the numeric'],
    ['an unknown argument', 'atlassian', { ...titled, force: true }, 'force: not a known name here'],
    [
      'a mistyped argument',
      'atlassian',
      { ...titled, dryrun: true },
      'dryrun: not a known name here; did you mean dry_run?',
    ],
    [
      'ask_for where nothing can be asked for',
      'awork',
      { ...jane, ask_for: ['password'] },
      'ask_for: not a known name here; known: user_id, set, clear, reason, dry_run',
    ],
    [
      'a mistyped argument of one tool',
      'atlassian',
      { ...titled, atributes: 'title' },
      'atributes: not a known name here; did you mean attributes?',
    ],
    [
      'an argument of one tool in another',
      'atomicwork',
      { ...titled, excluded_attributes: 'title' },
      'excluded_attributes: not a known name here; known: user_id, set, clear, ask_for, reason, dry_run',
    ],
    ['a field outside set', 'atlassian', { ...jane, title: 'x' }, 'title: not an argument; put it inside set'],
    [
      'an unknown field',
      'atlassian',
      { ...jane, set: { salary: 1 } },
      'set.salary: not a field of Atlassian that can be written',
    ],
    ['a mistyped field', 'atlassian', { ...jane, set: { nick_name: 'x' } }, 'did you mean nickName?'],
    [
      'a mistyped key of a field',
      'atlassian',
      { ...jane, set: { name: { first: 'x' } } },
      'known: formatted, familyName',
    ],
    ['a field named like a method', 'atlassian', { ...jane, set: { toString: 1 } }, 'set.toString: not a field'],
    ['a field named constructor', 'atlassian', { ...jane, set: { constructor: 1 } }, 'set.constructor: not a field'],
    ['a value of the wrong type', 'atlassian', { ...jane, set: { title: 7 } }, 'set.title: expected string'],
    ['a string for a boolean', 'atlassian', { ...jane, set: { active: 'false' } }, 'set.active: expected boolean'],
    ['a number for a boolean', 'atlassian', { ...jane, set: { active: 0 } }, 'set.active: expected boolean'],
    ['an invalid e-mail address', 'atomicwork', { user_id: '1', set: { email: 'jane' } }, 'set.email: '],
    ['a day that does not exist', 'atomicwork', { user_id: '1', set: { joined_on: '2023-02-29' } }, 'set.joined_on: '],
    ['a moment for a day', 'atomicwork', { user_id: '1', set: { joined_on: '2023-02-28T00:00Z' } }, 'set.joined_on: '],
    ['a value outside an enum', 'mediasilo', { ...jane, set: { status: 'active' } }, 'set.status: '],
    ['a string that is too long', 'awork', { ...jane, set: { gender: 'x'.repeat(26) } }, 'set.gender: '],
    [
      'a birthday in the future',
      'awork',
      { ...jane, set: { birthDate: '2999-01-01' } },
      'set.birthDate: must not be in the future',
    ],
    ['an unknown time zone', 'atlassian', { ...jane, set: { timezone: 'Mars/Base' } }, 'set.timezone: '],
    [
      'a number larger than an int64',
      'atomicwork',
      { user_id: '1', set: { hr: '9223372036854775808' } },
      'set.hr: larger than',
    ],
    [
      'a list with a wrong entry',
      'atomicwork',
      { user_id: '1', set: { org_roles: [1, 'x'] } },
      'set.org_roles.1: expected',
    ],
    ['two primary addresses', 'atlassian', { ...jane, set: { emails: mails(true, true) } }, 'set.emails: exactly one'],
    ['no primary address', 'atlassian', { ...jane, set: { emails: mails(false) } }, 'set.emails: exactly one'],
    [
      'an unknown key of an entry',
      'atlassian',
      { ...jane, set: { emails: [{ value: 'a@b.co', x: 1 }] } },
      'set.emails.0.x: not a known name here; known: value, type, primary',
    ],
    ['an unknown part of a name', 'atlassian', { ...jane, set: { name: { first: 'x' } } }, 'set.name.first: '],
    ['a URL of another kind', 'dayzero', { ...jane, set: { photo_url: 'javascript:alert(1)' } }, 'set.photo_url: '],
    ['a weak password', 'mediasilo', { ...jane, set: { password: 'weak' } }, 'set.password: is a secret'],
    [
      'a field that cannot be cleared',
      'atlassian',
      { ...jane, clear: ['active'] },
      'clear: active: cannot be emptied at Atlassian; can be cleared: externalId',
    ],
    [
      'clearing where nothing can be',
      'atomicwork',
      { user_id: '1', clear: ['title'] },
      'clear: title: cannot be emptied at Atomicwork',
    ],
    ['a string in place of a list to clear', 'atlassian', { ...jane, clear: 'title' }, 'clear: expected array'],
    ['a reason that is too long', 'atlassian', { ...titled, reason: 'x'.repeat(501) }, 'reason: '],
    ['a string for dry_run', 'atlassian', { ...titled, dry_run: 'yes' }, 'dry_run: expected boolean'],
    [
      'a connection where the tool has only one',
      'atlassian',
      { ...titled, connection: 'main' },
      'connection: not a known name',
    ],
    [
      'both shapes of an answer',
      'atlassian',
      { ...titled, attributes: 'a', excluded_attributes: 'b' },
      'attributes: cannot be',
    ],
    [
      'a shape where there is none',
      'awork',
      { ...jane, set: { position: 'x' }, attributes: 'a' },
      'attributes: not a known',
    ],
    ['nothing to change', 'atlassian', jane, 'set: names nothing to change'],
    ['an empty set', 'atlassian', { ...jane, set: {} }, 'set: names nothing to change'],
    ['an empty set and nothing to clear', 'atlassian', { ...jane, set: {}, clear: [] }, 'set: names nothing to change'],
    ['nothing but nulls', 'atlassian', { ...jane, set: null, clear: null }, 'set: names nothing to change'],
    ['nothing to ask for', 'atomicwork', { user_id: '1', ask_for: [] }, 'set: names nothing to change'],
    ['an empty free-form object', 'dayzero', { ...jane, set: { props: {} } }, 'set.props: {} names nothing to change'],
    [
      'an empty free-form object beside a field',
      'dayzero',
      { ...jane, set: { first_name: 'J', props: {} } },
      'set.props: {} names nothing to change',
    ],
    ['an empty name', 'atlassian', { ...jane, set: { name: {} } }, 'set.name: {} names nothing to change'],
    ['an empty address', 'mediasilo', { ...jane, set: { address: {} } }, 'set.address: {} names nothing to change'],
    ['an id that is null', 'atlassian', { ...titled, user_id: null }, 'user_id: is required'],
    ['an unknown argument that is null', 'atlassian', { ...titled, force: null }, 'force: not a known name here'],
    [
      'a string with a line break',
      'mediasilo',
      { ...jane, set: { company: 'A\r\nB' } },
      'set.company: control characters',
    ],
    ['a string with NUL', 'atlassian', { ...jane, set: { userName: 'a\0' } }, 'set.userName: control characters'],
    ['a string with C1', 'awork', { ...jane, set: { title: 'a\u0085' } }, 'set.title: control characters'],
    ['a reason of two lines', 'awork', { ...jane, set: { title: 'a' }, reason: 'a\nb' }, 'reason: control characters'],
    ['a key with NUL', 'dayzero', { ...jane, set: { props: { 'a\0': 1 } } }, 'set.props: a name contains a control'],
    ['a key without a name', 'dayzero', { ...jane, set: { props: { '': 1 } } }, 'set.props: a name is empty'],
    [
      'a long key',
      'dayzero',
      { ...jane, set: { props: { ['n'.repeat(129)]: 1 } } },
      'set.props: a name of 129 characters',
    ],
    ['a long list', 'dayzero', { ...jane, set: { props: { l: numbers(1_001) } } }, 'set.props.l: 1001 entries'],
    [
      'a long string',
      'dayzero',
      { ...jane, set: { props: { l: 'ü'.repeat(8_193) } } },
      'set.props.l: the string is longer',
    ],
    [
      'a long list to clear',
      'dayzero',
      { ...jane, clear: numbers(201).map((n) => `props.k${n}`) },
      'clear: 201 entries',
    ],
    [
      'more than a call may have',
      'dayzero',
      { ...jane, set: { props: Object.fromEntries(numbers(100).map((n) => [`k${n}`, 'x'.repeat(12_000)])) } },
      'arguments: larger than 1 MiB',
    ],
    ['a path that ends in an escape', 'dayzero', { ...jane, clear: ['props.a\\'] }, 'clear: props.a\\: not a path'],
    ['a deep path', 'dayzero', { ...jane, clear: [`props${'.a'.repeat(32)}`] }, 'deeper than 32 levels'],
    ['a long name in a path', 'dayzero', { ...jane, clear: [`props.${'a'.repeat(129)}`] }, 'a name of 129 characters'],
    [
      'a path that is a wildcard',
      'dayzero',
      { ...jane, clear: ['props.*'] },
      'clear: props.*: * is not a wildcard here',
    ],
    [
      'a free-form object as a whole',
      'dayzero',
      { ...jane, clear: ['props'] },
      'clear: props: cannot be emptied as a whole',
    ],
    ['a mistyped name to clear', 'atlassian', { ...jane, clear: ['nick_name'] }, 'did you mean nickName?'],
    [
      'an unknown part to clear',
      'atlassian',
      { ...jane, clear: ['name.first'] },
      'clear: name.first: name has no such key',
    ],
    [
      'a part by its path',
      'atlassian',
      { ...jane, set: { 'name.familyName': 'Doe' } },
      'set.name.familyName: not a field by itself; nest it: {"set": {"name": {"familyName": …}}}',
    ],
    [
      'a part without its object',
      'mediasilo',
      { ...jane, set: { postalCode: '1' } },
      '{"set": {"address": {"postalCode": …}}}',
    ],
    ['a key by its path', 'dayzero', { ...jane, set: { 'props.theme': '1' } }, '{"set": {"props": {"theme": …}}}'],
    ['a day in another order', 'atomicwork', { user_id: '1', set: { joined_on: '31.01.2026' } }, 'as YYYY-MM-DD'],
    [
      'a time zone that only ICU knows',
      'atlassian',
      { ...jane, set: { timezone: 'IST' } },
      'set.timezone: expected an IANA',
    ],
    [
      'a time zone in another case',
      'atlassian',
      { ...jane, set: { timezone: 'america/new_york' } },
      'set.timezone: expected',
    ],
    [
      'an empty part of a list',
      'atlassian',
      { ...jane, set: { phoneNumbers: [{ value: '1', type: '' }] } },
      'set.phoneNumbers.0.type: "" is not a value to set',
    ],
    ['a field both set and cleared', 'atlassian', { ...titled, clear: ['title'] }, 'clear: title is also in set'],
    [
      'a key both set and cleared',
      'dayzero',
      { ...jane, set: { props: { a: 1 } }, clear: ['props.a'] },
      'clear: props.a is',
    ],
    [
      'a broken string',
      'atlassian',
      { ...jane, set: { title: 'a\ud800' } },
      'set.title: the string has a broken surrogate',
    ],
    ['a broken name', 'dayzero', { ...jane, set: { props: { '\udc00': 1 } } }, 'set.props: a name has a broken'],
    [
      'a prototype',
      'dayzero',
      JSON.parse('{"user_id":"1","set":{"props":{"__proto__":{}}}}'),
      'set.props: __proto__ is',
    ],
    ['a rounded number', 'dayzero', { ...jane, set: { props: { n: 2 ** 53 } } }, 'set.props.n: a number beyond 2^53'],
    [
      'an infinite number',
      'dayzero',
      { ...jane, set: { props: { n: Number.POSITIVE_INFINITY } } },
      'set.props.n: the number is too large',
    ],
    ['a value nested too deeply', 'dayzero', { ...jane, set: { props: deep(33) } }, 'nested deeper than 32 levels'],
  ])('is named with its path: %s', (_name, id, args, fault) => {
    const faults = faultsOf(id, args);
    expect(
      faults.filter((line) => line.includes(fault)),
      faults.join(' | '),
    ).toHaveLength(1);
  });

  it('is found in a very deep value without a stack overflow', () => {
    expect(faultsOf('dayzero', { ...jane, set: { props: deep(50_000) } }).join()).toContain('nested deeper');
  });

  it('is named together with all others', () => {
    const args = {
      user_id: '..',
      set: { title: 7, salary: 1, nickName: null, displayName: '', emails: [], active: 'x' },
      clear: ['active', 'title'],
      reason: 7,
      dry_run: 'x',
      attributes: 'a',
      excluded_attributes: 'b',
      force: true,
    };
    const places = faultsOf('atlassian', args).map((line) => line.split(': ')[0]);
    expect(places.toSorted()).toEqual(
      [
        'user_id',
        'set.title',
        'set.salary',
        'set.nickName',
        'set.displayName',
        'set.emails',
        'set.active',
        'clear',
        'clear',
        'reason',
        'dry_run',
        'attributes',
        'force',
      ].toSorted(),
    );
  });

  it('shows no value, since it may be a secret', () => {
    const args = {
      user_id: '..',
      set: { title: ['Hush-hush'], active: 'Hush-hush', emails: [{ value: 'Hush-hush' }], timezone: 'Hush-hush' },
      clear: 'Hush-hush',
      reason: { x: 'Hush-hush' },
      dry_run: 'Hush-hush',
    };
    expect(faultsOf('atlassian', args).length).toBeGreaterThan(5);
    expect(faultsOf('atlassian', args).join('\n')).not.toContain('Hush-hush');
  });

  it('is one of twenty that are named, with the number of others', () => {
    const set = Object.fromEntries(numbers(1_000).map((n) => [`k${n}`, 1]));
    const faults = faultsOf('atlassian', { ...jane, set });
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toMatch(/^980 more faults/);
    expect(faults.join('\n').length).toBeLessThan(5_000);
  });

  it('repeats no long name, and none that contains a secret of the same call', () => {
    const secret = 'Correct-h0rse';
    const args = { user_id: '1', set: { password: secret, [secret]: 1, [`x${secret}y`]: 2, ['k'.repeat(65)]: 3 } };
    const faults = faultsOf('atomicwork', args, { allowSecretInput: true }).join('\n');
    expect(faults).not.toContain(secret);
    expect(faults).not.toContain('kkkk');
    expect(faults).toContain('set.(a name of 65 characters): not a field');
    expect(faultsOf('dayzero', { ...jane, token: secret, [secret]: 1, clear: [secret] }).join()).not.toContain(secret);
  });

  it('is a secret that is repeated as a name inside a value', () => {
    const secret = 'Correct-h0rse';
    const set = { password: secret, custom_fields: { deep: { [`x${secret.toUpperCase()}`]: 1 } } };
    const open = { allowSecretInput: true };
    const faults = faultsOf('atomicwork', { user_id: '1', set }, open);
    expect(faults).toEqual(['set.custom_fields: a name in it repeats a secret of this call']);
    expect(faultsOf('atomicwork', { user_id: '1', set: { password: secret } }, open)).toEqual([]);
  });

  it.each(['a\n  title: ok', '\u001b[2J', '\u202e', 'x'.repeat(10_000)])(
    'shows the name %j short and printable',
    (name) => {
      const wrong = { [name]: 1, set: { [name]: 1, name: { [name]: '' } }, clear: [name], [`${name}2`]: 1 };
      for (const line of faultsOf('atlassian', { ...jane, ...wrong })) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(line.length).toBeLessThan(400);
      }
      expect(faultsOf('dayzero', { ...jane, set: { props: { [name]: null } } }).join('|')).toMatch(/^[ -~]{10,300}$/);
    },
  );
});

function mails(...primary: boolean[]): object[] {
  return primary.map((each, index) => ({ value: `jane${index}@acme.com`, primary: each }));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function deep(levels: number): object {
  let value: object = {};
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}
