import { createValidator } from '../../../src/validate/index.ts';

export const validator = createValidator({
  issuers: [
    {
      issuer: 'https://issuer.example.org/',
      audiences: ['https://se.example.org'],
      basePath: '/escape',
    },
  ],
  jwksCache: { directory: '/var/cache/my-storage/jwks' },
  environment: process.env,
  onFault: (fault) => console.error(fault),
});
