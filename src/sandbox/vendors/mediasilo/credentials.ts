export const credentials = {
  hostContext: 'acme',
  userName: 'alex.rivera@acme.example',
  password: 'Sandbox-Pa55,word',
  sessionKey: 'sandbox-mediasilo-session/77+c3==',
  key: 'sandbox-mediasilo-key/1a+9e==',
  secret: 'sandbox-mediasilo-secret/e5+20==',
} as const;
