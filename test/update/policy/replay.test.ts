import { describe, expect, it } from 'vitest';
import type { Entry, EntryBody } from '../../../src/store/log/entry.ts';
import { replay } from '../../../src/update/policy/replay.ts';
import type { Rule } from '../../../src/update/policy/rules.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import { providerOf } from '../../support/pipeline/requests.ts';

const connection = { name: 'main', provider: providerOf('atlassian'), settings: {} };
const TITLES: Rule[] = [{ field: '*.title', newValue: 'CEO*', decision: 'deny' }];

function replayed(body: Partial<EntryBody>, rules = TITLES, at = connection) {
  const whole = { tool: 't', caller: 'local', verdict: 'confirm', rule: 'built-in', fields: [], ...body };
  return replay(rules, at, { userId: '7', connection: at.name, body: whole as EntryBody } as Entry);
}

describe('an entry that does not hold everything', () => {
  const cut = { cut: 'CEO of', characters: 5000, hash: 'f00d' };

  it.each<[string, Partial<EntryBody>, string]>([
    ['a cut value', { fields: [recordedField('title', 'A', cut)] }, 'newValue'],
    ['a stripped change', { fields: [recordedField('nickName', 'A', 'B')], stripped: ['title'] }, 'newValue'],
    ['changes that are only counted', { fields: [recordedField('(7 more)', cut, cut)] }, 'field'],
    ['a cut name', { stripped: ['title… [cut; 900 characters, f00d]'] }, 'field'],
    ['a field of another version', { fields: [recordedField('shoeSize', 1, 2)] }, 'field'],
    [
      'a cut caller',
      { caller: 'me… [cut; 900 characters, f00d]', fields: [recordedField('title', 'A', 'B')] },
      'caller',
    ],
  ])('cannot be told for %s', (_, body, condition) => {
    expect(replayed({ verdict: body.stripped ? 'deny' : 'confirm', ...body })).toMatchObject({
      dependsOn: [condition],
    });
  });

  it('cannot be told for a provider that is not known, unless policy was never asked', () => {
    const of = (body: object) =>
      replay(TITLES, undefined, { body: { tool: 't', caller: 'c', fields: [], ...body } as EntryBody } as Entry);
    const judged = { verdict: 'confirm', fields: [recordedField('title', 'A', 'B')] };
    expect(of(judged)).toMatchObject({ kind: 'unknown', dependsOn: ['provider'] });
    expect(of({})).toBeUndefined();
  });

  it('is told where the verdict is the same either way', () => {
    const fields = [recordedField('title', 'A', cut)];
    expect(replayed({ fields }, [...TITLES, { decision: 'deny' }])).toMatchObject({ kind: 'other', dependsOn: [] });
    expect(replayed({ fields }, [{ field: '*.nickName', newValue: 'x', decision: 'deny' }])).toMatchObject({
      kind: 'same',
    });
  });

  it('does not take entries of a list for the same because their masks are', () => {
    const [held, other] = ['j•••@acme.com', 'x•••@home.example'].map((value) => ({ value, type: 'work' }));
    const emails = (before: unknown[], after: unknown[]) => ({ fields: [recordedField('emails', before, after)] });
    const rule = (newValue: string, decision: 'allow' | 'deny'): Rule[] => [{ newValue, decision }];
    const grown = emails([held], [held, other]);
    expect(replayed(grown, rule('*@acme.com', 'deny'))).toMatchObject({ kind: 'unknown', dependsOn: ['newValue'] });
    const replaced = emails([held], [{ ...held, value: 'k•••@acme.com' }]);
    expect(replayed(replaced, rule('*@acme.com', 'allow'))).toMatchObject({ kind: 'other', dependsOn: [] });
    expect(replayed(replaced, rule('*@other.example', 'deny'))).toMatchObject({ kind: 'same' });
  });

  it('may have had side effects, unless it says which', () => {
    const at = { ...connection, provider: providerOf('atomicwork') };
    const rules: Rule[] = [{ field: '*.title', decision: 'allow' }];
    const fields = [recordedField('title', 'A', 'B')];
    expect(replayed({ fields }, rules, at)?.kind).toBe('unknown');
    expect(replayed({ fields, sideEffects: [] }, rules, at)).toMatchObject({
      kind: 'other',
      possible: [{ decision: 'allow' }],
    });
    expect(replayed({ fields, sideEffects: ['timezone'] }, rules, at)?.kind).toBe('same');
  });

  it('is not judged if policy was not asked', () => {
    const { verdict: _, ...body } = { verdict: '', fields: [recordedField('title', 'A', 'B')] };
    expect(
      replay(TITLES, connection, { body: { tool: 't', caller: 'c', ...body } } as unknown as Entry),
    ).toBeUndefined();
    expect(replayed({ verdict: 'allow', rule: 'nothing to decide' })).toBeUndefined();
  });
});
