export const credentials = {
  domain: 'acme.okta.example',
  token: '00s4ndb0x+okta/R3ad-Wr1te==',
} as const;
