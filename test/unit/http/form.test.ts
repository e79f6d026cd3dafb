/** Whatever is sent to a form is a value or a refusal, never a fault. */
import { readForm } from '../../../src/http/form.ts';
import { fakeContext } from '../../support/fake-context.ts';

test('repeated fields are kept in order', async () => {
  const form = await readForm(fakeContext({ method: 'POST', body: 'scope=a&scope=b+c&x=%C3%A9' }));
  expect(form.ok && form.value.getAll('scope')).toEqual(['a', 'b c']);
  expect(form.ok && form.value.get('x')).toBe('é');
});

test('invalid UTF-8 and NUL are read as characters', async () => {
  const form = await readForm(fakeContext({ method: 'POST', body: Buffer.from('a=\xff\xfe&b=%00&c=%zz', 'latin1') }));
  expect(form.ok && [...form.value.keys()]).toEqual(['a', 'b', 'c']);
});

test('a form of 64 kB is read and a longer one is refused, announced or not', async () => {
  const fits = await readForm(fakeContext({ method: 'POST', body: `a=${'x'.repeat(65_534)}` }));
  expect(fits.ok).toBe(true);
  const long = await readForm(fakeContext({ method: 'POST', body: `a=${'x'.repeat(65_535)}` }));
  expect(long).toEqual({ ok: false, error: 413 });
  const announced = await readForm(
    fakeContext({ method: 'POST', body: 'a=1', headers: { 'content-length': '1000000' } }),
  );
  expect(announced).toEqual({ ok: false, error: 413 });
});

test('a sender that goes away in the middle is no fault of ours', async () => {
  const ctx = fakeContext({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  Object.assign(ctx.req.headers, { 'content-length': '5' });
  const form = readForm(ctx);
  ctx.req.destroy(new Error('aborted'));
  await expect(form).rejects.toMatchObject({ status: 400 });
});

test('another type is refused', async () => {
  const json = fakeContext({ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  expect(await readForm(json)).toEqual({ ok: false, error: 415 });
});
