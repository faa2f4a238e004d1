import { describe, expect, it } from 'vitest';
import { isTyped, nameToType, spelledOut } from '../../../src/update/confirm/typed-name.ts';

describe('what is typed', () => {
  it.each([
    ['Jane Doe', 'Jane Doe', true],
    ['  Jane   Doe ', 'Jane Doe', true],
    ['jane doe', 'Jane Doe', true],
    ['JANE DOE', 'Jane Doe', true],
    ["D'Angelo", 'D’Angelo', true],
    ['D´Angelo', "D'Angelo", true],
    ['O`Brien', 'O‘Brien', true],
    ['Anne-Marie', 'Anne\u2011Marie', true],
    ['Anne\u2013Marie', 'Anne-Marie', true],
    ['Jane Doe', 'Jane\u00a0Doe', true],
    ['Zoe\u0308', 'Zo\u00eb', true],
    ['STRASSE', 'Straße', true],
    ['Ｊａｎｅ', 'Jane', true],
    ['می‌خواهم', 'می‌خواهم', true],
    ['Zoe', 'Zoë', false],
    ['Jane', 'Jane Doe', false],
    ['', 'Jane Doe', false],
    [undefined, 'Jane Doe', false],
    ['Jane Doe', 'Jane Do\u0435', false],
  ])('%j confirms %j: %s', (typed, name, fits) => {
    expect(isTyped(typed, name)).toBe(fits);
  });

  it.each([
    ['Jane Doe', '"Jane Doe"'],
    ['Jane "JD" Doe', '“Jane "JD" Doe”'],
    ['Jane \\ Doe', '“Jane \\ Doe”'],
  ])('%s is asked for as %s', (label, shown) => {
    expect(spelledOut(label)).toBe(shown);
  });
});

describe('the name to type', () => {
  it.each([
    ['a Persian name with a joiner', 'کیان\u200cپور'],
    ['a Hindi name with joiners', 'क्\u200dष'],
    ['a family of emoji', 'Mia 👩\u200d👩\u200d👧'],
    ['an emoji in colour', 'Mia ❤\ufe0f'],
    ['an apostrophe', 'D’Angelo'],
  ])('is the label: %s', (_name, label) => {
    expect(nameToType({ label, userId: '3f2c' })).toBe(label);
  });

  it.each([
    ['an ideographic space', '田中\u3000美咲', '田中 美咲'],
    ['a no-break space', 'Jane\u00a0Doe', 'Jane Doe'],
  ])('has a common blank for %s', (_name, label, name) => {
    expect(nameToType({ label, userId: '3f2c' })).toBe(name);
    expect(isTyped(name, label)).toBe(true);
  });

  it.each([
    ['a joiner between Latin letters', 'Jane\u200dDoe'],
    ['a joiner at the end', 'کیان\u200c'],
    ['a zero-width space', 'Jane\u200bDoe'],
    ['more than 60 characters', 'J'.repeat(61)],
  ])('is the id where the label has %s', (_name, label) => {
    expect(nameToType({ label, userId: '3f2c' })).toBe('3f2c');
  });
});
