export const credentials = { token: 'sandbox-scim/91be+7c==' } as const;
