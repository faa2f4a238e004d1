import { flag, keysGone, merged, text, type VendorSamples } from '../../samples.ts';
import { credentials } from './credentials.ts';

/** https://www.ondayzero.com/docs/reference/user/update-user */
export const samples: VendorSamples = {
  headers: { Authorization: `Bearer ${credentials.token}`, 'x-business-id': credentials.businessId },
  userPath: '/api/v1/users/',
  fields: {
    first_name: text('Janet'),
    last_name: text('D’Öe'),
    photo_url: {
      listed: { type: 'string', description: 'URL' },
      valid: 'https://photos.acme.example/new.png?v=2',
      invalid: ['photo.png', 'javascript:alert(1)', 'file:///etc/passwd', 'ftp://a.example/b', '', null, 1],
    },
    onboarded: flag(false),
    props: merged('props', { type: 'object' }, { theme: 'light', limits: { day: 5 } }, [
      ...['x', [], null, 1],
      { theme: null },
    ]),
  },
  clearable: keysGone('props', ['theme']),
  body: (_before, changed) => changed,
  volatile: ['updated_at'],
  unknownId: '01918f3a-7000-7c11-9a01-ffffffffffff',
  credential: 'DAYZERO_TOKEN',
  forbidden: 'forbidden',
  exact: { set: { props: { theme: 'dark' } }, digits: ['9007199254740993'] },
  preview: { last_name: 'Roe', props: { theme: 'light' } },
  marked: {
    personal: 'photo_url',
    around: (mark) => `https://photos.example/?of=${mark}`,
    open: ['onboarded', false],
    other: 'email',
    keys: [credentials.token],
    error: (detail) => ({ detail }),
  },
  soak: [
    { name: 'props', value: ({ key, personal }) => ({ [key]: personal }), free: true },
    { name: 'photo_url', value: ({ personal }) => `https://photos.example/${personal}` },
    { name: 'onboarded', value: (values) => values.flag() },
  ],
};
