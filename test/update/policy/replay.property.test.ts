import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseJson } from '../../../src/lib/json/json.ts';
import { isObject, type Json } from '../../../src/lib/json/json-value.ts';
import { EFFECTS } from '../../../src/providers/effects.ts';
import { providers } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { Entry, EntryBody } from '../../../src/store/log/entry.ts';
import { compareField, leafName } from '../../../src/update/plan/leaf-changes.ts';
import type { LeafChange, Plan } from '../../../src/update/plan/types.ts';
import { judgePlan } from '../../../src/update/policy/policy.ts';
import { replay } from '../../../src/update/policy/replay.ts';
import { findingsOf } from '../../../src/update/policy/report.ts';
import { DECISIONS, type Rule } from '../../../src/update/policy/rules.ts';
import { viewPlan } from '../../../src/update/redact/view.ts';

/**
 * Replaying a recorded change gives the verdict that the change would have met: exactly that one if nothing is masked,
 * and never another one. The recorded form is made by the code that makes audit entries.
 */

const RUNS = 400;
const EMAILS = ['jane@acme.com', 'Jane.Doe@acme.com', 'jim@acme.com', 'jane@home.example'];
const TEXTS = ['', 'ACTIVE', 'Engineer', 'E', 'Mu\u0308ller', 'M\u00fcller', '2020-01-31', '5'];
const PATTERNS = ['*', '', '*@acme.com', 'jane*', '*@*', 'jane@acme.com', '*acme*', 'ACTIVE', 'e*', '5', 'true', 'M*'];

const scalar = fc.constantFrom<Json>(null, true, false, 5, 2.5, 9_007_199_254_740_993n, ...TEXTS, ...EMAILS);
const entry = fc.record({
  value: fc.constantFrom<Json>(...EMAILS, '+1 415', ''),
  type: fc.constantFrom<Json>('work', 'home'),
});
/** References are read like this and written as bare ids. */
const reference = fc.record({ id: fc.constantFrom<Json>(5, '5', 6), name: fc.constantFrom<Json>('Boss', 'Chief') });
const keys = fc.constantFrom('theme', 'a.b', 'givenName', 'familyName', 'value', 'unknownKey');
const valueOf = (entries: fc.Arbitrary<Json>): fc.Arbitrary<Json | undefined> =>
  fc.oneof(
    { weight: 3, arbitrary: scalar },
    { weight: 3, arbitrary: fc.array(entries, { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(keys, fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
const held = valueOf(fc.oneof(scalar, entry, reference));
const target = valueOf(fc.oneof(scalar, entry));

interface Case {
  rules: Rule[];
  plan: Pick<Plan, 'leaves' | 'sideEffects'>;
}

function casesOf(provider: Provider, { byUser }: { byUser: boolean }): fc.Arbitrary<Case> {
  const names = Object.keys(provider.fields);
  const change = fc.record({ name: fc.constantFrom(...names), before: held, after: target });
  const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: ({ name }) => name });
  const pattern = <T extends string>(of: readonly T[]) =>
    fc.oneof(
      fc.constantFrom<string>(...of),
      fc.uniqueArray(fc.constantFrom<string>(...of), { minLength: 1, maxLength: 3 }),
    );
  const fields = names.flatMap((name) => [`${provider.id}.${name}`, `*.${name}.*`, `*.${name}.value`]);
  const rule = fc.record(
    {
      field: pattern(['*', '*', ...fields]),
      effect: pattern(EFFECTS),
      caller: pattern(['local', 'l*', 'other']),
      ...(byUser && { user: pattern(['7', '*@acme.com', 'jane@home.example', 'x', '*']) }),
      oldValue: pattern(PATTERNS),
      newValue: pattern(PATTERNS),
      decision: fc.constantFrom(...DECISIONS),
    },
    { requiredKeys: ['decision'] },
  );
  return fc.record({ rules: fc.array(rule, { maxLength: 6 }), changes }).map((one) => {
    // As requests are checked: an object only where keys are merged, and nothing empty in place of a value.
    const changes = one.changes.filter(({ name, after }) => {
      return after !== null && after !== '' && (!isObject(after) || provider.fields[name]?.merge);
    });
    const leaves = changes.flatMap(({ name, before, after }) => leavesOf(provider, name, before, after));
    return { rules: one.rules, plan: { leaves, sideEffects: [] } };
  });
}

function leavesOf(provider: Provider, name: string, before: Json | undefined, after: Json | undefined): LeafChange[] {
  const definition = provider.fields[name];
  if (!definition) throw new Error(`no field ${name}`);
  if (definition.readback === false || definition.mirror) {
    const { effect, sensitivity } = definition;
    return [{ path: [name], definition, effect, sensitivity, before, after, exact: false }];
  }
  return compareField(name, definition, before, after).leaves;
}

function recorded(provider: Provider, plan: Case['plan'], relaxed: boolean, stripped: readonly string[]): Entry {
  const connection = { name: 'main', provider, settings: {} };
  const whole = { ...plan, userId: '7', label: '', warnings: [] } as unknown as Plan;
  const view = viewPlan({ connection, request: {} }, whole, 'audit', { relaxed: relaxed ? ['audit'] : [] });
  const fields = view.changes.filter(({ field }) => !stripped.includes(field));
  const body = { tool: 't', caller: 'local', verdict: 'confirm', rule: 'built-in', fields, stripped, sideEffects: [] };
  return { userId: '7', connection: 'main', body: parseJson(canonicalJson(body)) as unknown as EntryBody } as Entry;
}

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (_, provider) => {
  const connection = { name: 'main', provider, settings: {} };
  const subject = {
    connection,
    caller: { principal: 'local' },
    userId: '7',
    emails: ['Jane@acme.com'],
    people: () => 1,
  };

  function compare({ rules, plan }: Case, { relaxed, isStripped }: { relaxed: boolean; isStripped: boolean }) {
    const [real] = findingsOf(rules, judgePlan(rules, subject, plan));
    const stripped = isStripped ? plan.leaves.slice(1, 2).map(leafName) : [];
    const entry = recorded(provider, plan, relaxed, stripped);
    return { real, replayed: replay(rules, connection, entry), entry };
  }

  it('replays to the verdict itself where nothing is masked', () => {
    let compared = 0;
    const property = fc.property(casesOf(provider, { byUser: false }), (one) => {
      const { real, replayed, entry } = compare(one, { relaxed: true, isStripped: false });
      const isMasked = canonicalJson(entry).includes('[secret]');
      if (one.plan.leaves.length === 0 || isMasked) return;
      expect(replayed?.possible).toEqual([real]);
      compared++;
    });
    fc.assert(property, { numRuns: RUNS });
    expect(compared).toBeGreaterThan(RUNS / 10);
  });

  it('never excludes the verdict where values are masked, and tells most of them', () => {
    let [told, all] = [0, 0];
    const property = fc.property(casesOf(provider, { byUser: true }), fc.boolean(), (one, isStripped) => {
      if (one.plan.leaves.length === 0) return;
      const { real, replayed } = compare(one, { relaxed: false, isStripped });
      const { possible = [], old, kind } = replayed ?? {};
      expect(possible.map(({ decision }) => decision)).toContain(real?.decision);
      // The order of stripped leaves is not recorded, so that of two rules that decide the same either may be named.
      if (!isStripped && !one.rules.some(({ decision }) => decision === 'strip')) expect(possible).toContainEqual(real);
      const decisions = new Set(possible.map(({ decision }) => decision));
      const isTold = decisions.size === 1 || !decisions.has(old?.decision ?? 'deny');
      expect(kind).toBe(isTold ? (decisions.has(old?.decision ?? 'deny') ? 'same' : 'other') : 'unknown');
      all++;
      if (isTold) told++;
    });
    fc.assert(property, { numRuns: RUNS });
    expect(told / all).toBeGreaterThan(0.5);
  });
});
