import type { VendorId } from './types.ts';

export type PersonKey = 'jane' | 'john' | 'misaki' | 'max' | 'anna' | 'anna2' | 'priya' | 'alex';

/** One person as all five vendors know her; what only one vendor knows stands in that vendor's file. */
export interface Person {
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
  ids: Record<VendorId, string>;
}

/**
 * Jane fills every field. Misaki's name is not Latin. Max has left. Two people are called Anna Lee. Priya carries
 * attributes no document names, and ids that a double cannot hold. Alex owns the credentials.
 */
export const people: readonly Person[] = [
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
    ids: {
      atomicwork: '10017',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0001',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0001',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0001',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0001',
    },
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
    ids: {
      atomicwork: '10018',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0002',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0002',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0002',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0002',
    },
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
    ids: {
      atomicwork: '10019',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0003',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0003',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0003',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0003',
    },
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
    ids: {
      atomicwork: '10020',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0004',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0004',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0004',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0004',
    },
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
    ids: {
      atomicwork: '10021',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0005',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0005',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0005',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0005',
    },
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
    ids: {
      atomicwork: '10022',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0006',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0006',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0006',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0006',
    },
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
    ids: {
      // 2^53 + 1: the first integer that a double rounds.
      atomicwork: '9007199254740993',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0007',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0007',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0007',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0007',
    },
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
    ids: {
      atomicwork: '10024',
      awork: '6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a0008',
      atlassian: '3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0008',
      dayzero: '01918f3a-7000-7c11-9a01-3e5d7f9b0008',
      mediasilo: 'a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e0008',
    },
  },
];

/** The vendor's path id of a person. */
export function idOf(vendor: VendorId, key: PersonKey): string {
  const person = people.find((each) => each.key === key);
  if (!person) throw new Error(`no such person: ${key}`);
  return person.ids[vendor];
}
