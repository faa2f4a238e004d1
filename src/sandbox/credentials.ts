/**
 * The only credentials the sandbox accepts. Some hold `+`, `/` and `=`, so that their URL-encoded form differs from the
 * plain one and a leak of either can be told.
 */
export const credentials = {
  atomicwork: { tenant: 'acme', apiKey: 'sandbox-atomicwork-key/4b1f+7c==', workspaceIds: ['7', '9007199254740997'] },
  awork: { apiKey: 'sandbox-awork-key/9d2e+41==' },
  atlassian: { directoryId: '5a1c7a0e-3d1b-4c55-9d0a-2f6a4f1f7b10', token: 'sandbox-atlassian-scim/63fa+0b==' },
  dayzero: {
    token: 'dz_sandbox/0f8e+52==',
    businessId: '01918f3a-6c00-7b1e-8a44-5d2f0c9e1a01',
    userEmail: 'alex.rivera@acme.example',
  },
  mediasilo: {
    hostContext: 'acme',
    userName: 'alex.rivera@acme.example',
    password: 'Sandbox-Pa55,word',
    sessionKey: 'sandbox-mediasilo-session/77+c3==',
    key: 'sandbox-mediasilo-key/1a+9e==',
    secret: 'sandbox-mediasilo-secret/e5+20==',
  },
} as const;

/** The environment that connects update-user-mcp to a sandbox at this URL. */
export function toEnv(url: string): Record<string, string> {
  const { atomicwork, awork, atlassian, dayzero, mediasilo } = credentials;
  return {
    ATOMICWORK_TENANT: atomicwork.tenant,
    ATOMICWORK_API_KEY: atomicwork.apiKey,
    ATOMICWORK_WORKSPACE_ID: atomicwork.workspaceIds[0],
    ATOMICWORK_BASE_URL: `${url}/atomicwork`,
    AWORK_API_KEY: awork.apiKey,
    AWORK_BASE_URL: `${url}/awork`,
    ATLASSIAN_DIRECTORY_ID: atlassian.directoryId,
    ATLASSIAN_SCIM_TOKEN: atlassian.token,
    ATLASSIAN_BASE_URL: `${url}/atlassian`,
    DAYZERO_TOKEN: dayzero.token,
    DAYZERO_BUSINESS_ID: dayzero.businessId,
    DAYZERO_USER_EMAIL: dayzero.userEmail,
    DAYZERO_BASE_URL: `${url}/dayzero`,
    MEDIASILO_HOST_CONTEXT: mediasilo.hostContext,
    MEDIASILO_USERNAME: mediasilo.userName,
    MEDIASILO_PASSWORD: mediasilo.password,
    MEDIASILO_BASE_URL: `${url}/mediasilo`,
  };
}
