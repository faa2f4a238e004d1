export const credentials = { apiKey: 'sandbox-awork-key/9d2e+41==' } as const;
