export const credentials = {
  subdomain: 'acme',
  email: 'alex.rivera+api@acme.example',
  token: 'zd/Sandbox+6wiIBWbGkBMo1mRDMuVwkw1EPsNkeUj95PIz2akv=',
} as const;
