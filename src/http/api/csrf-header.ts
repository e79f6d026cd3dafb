/** The header that brings the token of `GET /session` with every request of a login but GET. */
export const csrfHeader = 'Sluice-CSRF';
