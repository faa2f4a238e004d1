export const credentials = {
  token: 'dz_sandbox/0f8e+52==',
  businessId: '01918f3a-6c00-7b1e-8a44-5d2f0c9e1a01',
  userEmail: 'alex.rivera@acme.example',
} as const;
