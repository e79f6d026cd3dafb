import { decodeAudiences, encodeAudiences, readAudiences } from '../../../src/provider/audience-parameter.ts';

test('reads audience by words and repetition, and resource as absolute URIs (W-AUD-5, RFC 8707)', () => {
  expect(readAudiences(['a.example b.example', 'a.example'], ['https://se.example.org:8443'])).toEqual({
    ok: true,
    value: ['a.example', 'b.example', 'https://se.example.org:8443'],
  });
});

test.each(['rucio', 'https://x.example/#part', ''])(
  'refuses resource `%s`, which is not an absolute URI without fragment',
  (uri) => {
    expect(readAudiences([], [uri]).ok).toBe(false);
  },
);

test('a resource that looks like our own indicator is an audience like any other', () => {
  const forged = encodeAudiences(['https://wlcg.cern.ch/jwt/v1/any']);
  const asked = readAudiences([], [forged]);
  expect(asked.ok && decodeAudiences(encodeAudiences(asked.value))).toEqual([forged]);
});
