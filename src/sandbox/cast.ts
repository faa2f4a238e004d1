export type PersonKey = 'jane' | 'john' | 'misaki' | 'max' | 'anna' | 'anna2' | 'priya' | 'alex';

/** The data every vendor has about one person. Data of a single vendor is in that vendor's folder. */
export interface PersonFacts {
  key: PersonKey;
  first: string;
  last: string;
  email: string;
  job: string;
  department: string;
  phone: string;
  language: string;
  timezone: string;
  active: boolean;
}

/**
 * Jane fills every field. Misaki's name is not Latin. Max has left. Two people are called Anna Lee. Priya has attributes
 * that no document names, and ids that a double cannot hold. The credentials belong to Alex.
 */
export const cast: readonly PersonFacts[] = [
  {
    key: 'jane',
    first: 'Jane',
    last: 'Doe',
    email: 'jane.doe@acme.example',
    job: 'Product Manager',
    department: 'Product',
    phone: '+1 415 555 0101',
    language: 'en-US',
    timezone: 'America/New_York',
    active: true,
  },
  {
    key: 'john',
    first: 'John',
    last: 'Smith',
    email: 'john.smith@acme.example',
    job: 'Engineer',
    department: 'Engineering',
    phone: '+44 20 7946 0102',
    language: 'en-GB',
    timezone: 'Europe/London',
    active: true,
  },
  {
    key: 'misaki',
    first: '美咲',
    last: '田中',
    email: 'misaki.tanaka@acme.example',
    job: 'デザイナー',
    department: 'Design',
    phone: '+81 3 5550 0103',
    language: 'ja-JP',
    timezone: 'Asia/Tokyo',
    active: true,
  },
  {
    key: 'max',
    first: 'Max',
    last: 'Müller',
    email: 'max.mueller@acme.example',
    job: 'Account Executive',
    department: 'Sales',
    phone: '+49 30 5550 0104',
    language: 'de-DE',
    timezone: 'Europe/Berlin',
    active: false,
  },
  {
    key: 'anna',
    first: 'Anna',
    last: 'Lee',
    email: 'anna.lee@acme.example',
    job: 'Accountant',
    department: 'Finance',
    phone: '+1 212 555 0105',
    language: 'en-US',
    timezone: 'America/New_York',
    active: true,
  },
  {
    key: 'anna2',
    first: 'Anna',
    last: 'Lee',
    email: 'anna.lee.berlin@acme.example',
    job: 'Support Engineer',
    department: 'Support',
    phone: '+49 30 5550 0106',
    language: 'de-DE',
    timezone: 'Europe/Berlin',
    active: true,
  },
  {
    key: 'priya',
    first: 'Priya',
    last: 'Natarajan',
    email: 'priya.natarajan@acme.example',
    job: 'VP Product',
    department: 'Product',
    phone: '+91 80 5550 0107',
    language: 'en-IN',
    timezone: 'Asia/Kolkata',
    active: true,
  },
  {
    key: 'alex',
    first: 'Alex',
    last: 'Rivera',
    email: 'alex.rivera@acme.example',
    job: 'IT Administrator',
    department: 'IT',
    phone: '+1 415 555 0108',
    language: 'en-US',
    timezone: 'America/Los_Angeles',
    active: true,
  },
];

/** An id for everyone, made from a number that counts from 1. */
export function numberedIds(toId: (nth: number) => string): Record<PersonKey, string> {
  // The cast contains every key.
  return Object.fromEntries(cast.map(({ key }, index) => [key, toId(index + 1)])) as Record<PersonKey, string>;
}
