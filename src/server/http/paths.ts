/** Where people find the approval site on the HTTP server. */
export const APPROVALS_PATH = '/approvals';
