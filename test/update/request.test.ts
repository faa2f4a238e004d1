import { describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { faultsOf, parse } from './parsing.ts';

const jane = { user_id: '3f2c' };
const titled = { ...jane, set: { title: 'Boss' } };

describe('good arguments', () => {
  it('become a request that says no more than they did', () => {
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
    'of the example of %s are good',
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

  it.each([-5, '-5', 1.5, '012', '00', 'x'])('may not name one as %o', (given) => {
    const [fault = '', ...rest] = faultsOf('atomicwork', { user_id: '1', set: { department: given } });
    expect(rest).toEqual([]);
    expect(fault).toMatch(/^set\.department: expected a non-negative integer id; /);
  });

  it('may empty a field with "" where the vendor documents that', () => {
    expect(parse('awork', { ...jane, set: { position: '' } }).set.get('position')).toBe('');
    expect(parse('mediasilo', { ...jane, set: { firstName: '' } }).set.get('firstName')).toBe('');
  });
});

describe('a fault', () => {
  it.each<[string, string, unknown, string]>([
    ['no arguments', 'atlassian', undefined, 'user_id: '],
    ['null', 'atlassian', null, 'user_id: '],
    ['a list', 'atlassian', [], 'arguments: expected object'],
    ['a text', 'atlassian', 'x', 'arguments: expected object'],
    ['a missing id', 'atlassian', { set: { title: 'x' } }, 'user_id: '],
    ['an id of the wrong type', 'atlassian', { ...titled, user_id: 7 }, 'user_id: '],
    ['an empty id', 'atlassian', { ...titled, user_id: '' }, 'user_id: expected the id'],
    ['an id that is a folder', 'atlassian', { ...titled, user_id: '..' }, 'user_id: expected the id'],
    ['an id with a line feed', 'atlassian', { ...titled, user_id: 'a\nb' }, 'user_id: expected the id'],
    ['an id of no digits', 'atomicwork', { ...titled, user_id: '1e3' }, 'user_id: expected the numeric'],
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
    ['a field outside of set', 'atlassian', { ...jane, title: 'x' }, 'title: not an argument; put it inside set'],
    [
      'an unknown field',
      'atlassian',
      { ...jane, set: { salary: 1 } },
      'set.salary: not a field Atlassian lets one write',
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
    ['a text for a boolean', 'atlassian', { ...jane, set: { active: 'false' } }, 'set.active: expected boolean'],
    ['a number for a boolean', 'atlassian', { ...jane, set: { active: 0 } }, 'set.active: expected boolean'],
    ['an address that is none', 'atomicwork', { user_id: '1', set: { email: 'jane' } }, 'set.email: '],
    ['a day that does not exist', 'atomicwork', { user_id: '1', set: { joined_on: '2023-02-29' } }, 'set.joined_on: '],
    ['a moment for a day', 'atomicwork', { user_id: '1', set: { joined_on: '2023-02-28T00:00Z' } }, 'set.joined_on: '],
    ['a word outside of an enum', 'mediasilo', { ...jane, set: { status: 'active' } }, 'set.status: '],
    ['a text that is too long', 'awork', { ...jane, set: { gender: 'x'.repeat(26) } }, 'set.gender: '],
    [
      'a birthday to come',
      'awork',
      { ...jane, set: { birthDate: '2999-01-01' } },
      'set.birthDate: must not be in the future',
    ],
    ['a zone that is none', 'atlassian', { ...jane, set: { timezone: 'Mars/Base' } }, 'set.timezone: '],
    [
      'an int64 that is larger',
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
      'clear.0: Atlassian does not let one empty',
    ],
    [
      'clearing where nothing can be',
      'atomicwork',
      { user_id: '1', clear: ['title'] },
      'clear.0: Atomicwork does not let',
    ],
    ['a list to clear that is a text', 'atlassian', { ...jane, clear: 'title' }, 'clear: expected array'],
    ['a reason that is too long', 'atlassian', { ...titled, reason: 'x'.repeat(501) }, 'reason: '],
    ['a preview that is a text', 'atlassian', { ...titled, dry_run: 'yes' }, 'dry_run: expected boolean'],
    [
      'a connection that nobody asked for',
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
    ['a field both set and cleared', 'atlassian', { ...titled, clear: ['title'] }, 'clear: title is also in set'],
    [
      'a key both set and cleared',
      'dayzero',
      { ...jane, set: { props: { a: 1 } }, clear: ['props.a'] },
      'clear: props.a is',
    ],
    [
      'a broken text',
      'atlassian',
      { ...jane, set: { title: 'a\ud800' } },
      'set.title: the text has a broken surrogate',
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
      'a boundless number',
      'dayzero',
      { ...jane, set: { props: { n: Number.POSITIVE_INFINITY } } },
      'set.props.n: the number is too large',
    ],
    ['a bottomless value', 'dayzero', { ...jane, set: { props: deep(30) } }, 'nested deeper than 24 levels'],
  ])('is named with its place: %s', (_name, id, args, fault) => {
    const faults = faultsOf(id, args);
    expect(
      faults.filter((line) => line.includes(fault)),
      faults.join(' | '),
    ).toHaveLength(1);
  });

  it('is found in a value that is nested very deeply, without harm', () => {
    expect(faultsOf('dayzero', { ...jane, set: { props: deep(50_000) } }).join()).toContain('nested deeper');
  });

  it('never comes alone when there are more', () => {
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
        'clear.0',
        'clear',
        'clear',
        'reason',
        'dry_run',
        'attributes',
        'force',
      ].toSorted(),
    );
  });

  it('holds no value, since it may be a secret', () => {
    const args = {
      user_id: 'Hush-hush..\n',
      set: { title: ['Hush-hush'], active: 'Hush-hush', emails: [{ value: 'Hush-hush' }], timezone: 'Hush-hush' },
      clear: 'Hush-hush',
      reason: { x: 'Hush-hush' },
      dry_run: 'Hush-hush',
    };
    expect(faultsOf('atlassian', args).length).toBeGreaterThan(5);
    expect(faultsOf('atlassian', args).join('\n')).not.toContain('Hush-hush');
  });

  it.each(['a\n  title: ok', '\u001b[2J', '\u202e', 'x'.repeat(10_000)])(
    'shows a name of %j as one short word',
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

function deep(levels: number): object {
  let value: object = {};
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}
