/** `/account/keys`: certificates and SSH keys that services know one by; each is added by a signature of its private key. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleAnswer, PeopleRefusal } from '../../../accounts/refusal.ts';
import { hasEdwardsKey, isSignedByCertificate, readOwnCertificate } from '../../../federation/certificate.ts';
import type { NewCertificate, NewSshKey } from '../../../federation/identities.ts';
import { readSshKey } from '../../../federation/ssh-key.ts';
import { isSignedBySshKey, sshNamespace } from '../../../federation/ssh-signature.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.keys;
const path = '/account/keys';
const minutes = 30;

/** What waits for its proof. */
type Wanted =
  | { readonly kind: 'certificate'; readonly what: NewCertificate }
  | { readonly kind: 'ssh-key'; readonly what: NewSshKey };

export function ownKeyPages({ pages, member, people, clock }: PageArea): Middleware {
  const { identities, tickets } = people;
  const action = `${pages.base}${path}`;
  const router = new Router();
  const options = { fresh: true } as const;

  const show = async (ctx: Context, who: Member, refusal?: PeopleRefusal) => {
    const { certificates, sshKeys } = await identities.of(who.account.id);
    const blocks: Block[] = [
      { kind: 'heading', text: t.sshKeys },
      {
        kind: 'table',
        columns: [t.fingerprint, t.label, t.added],
        empty: t.noKeys,
        rows: sshKeys.map(({ fingerprint, name, addedAt }) => ({
          head: {
            codes: [fingerprint],
            button: remove('ssh-key', [['fingerprint', fingerprint]], name ?? fingerprint),
          },
          cells: [name ?? '', instantText(addedAt)],
        })),
      },
      addForm('ssh-key', t.addKey, { id: 'key', label: t.key, hint: t.addKeyHint, rows: 4 }),
      { kind: 'heading', text: t.certificates },
      {
        kind: 'table',
        columns: [t.subject, t.issuer, t.added],
        empty: t.noCertificates,
        rows: certificates.map(({ subject, issuer, addedAt }) => {
          const names = [['subject', subject] as const, ['issuer', issuer] as const];
          return {
            head: { codes: [subject], button: remove('certificate', names, subject) },
            cells: [{ codes: [issuer] }, instantText(addedAt)],
          };
        }),
      },
      people.certificateAuthorities.length === 0
        ? { kind: 'text', text: t.noAuthorities, look: 'hint' }
        : addForm('certificate', t.addCertificate, {
            id: 'certificate',
            label: t.certificate,
            hint: t.addCertificateHint,
            rows: 8,
          }),
    ];
    const problem = refusal && { error: refusal.message, status: refusalStatus(refusal) };
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, lead: t.lead, blocks, ...problem });
  };

  const remove = (kind: Wanted['kind'], hidden: readonly (readonly [string, string])[], what: string) => ({
    action: `${action}/remove-${kind}`,
    hidden,
    label: t.remove,
    name: t.removeName(what),
    danger: true,
  });

  const addForm = (
    kind: Wanted['kind'],
    submit: string,
    field: { readonly id: string; readonly label: string; readonly hint: string; readonly rows: number },
  ): Block => ({
    kind: 'form',
    method: 'post',
    action: `${action}/${kind}`,
    fields: [{ ...field, type: 'textarea', required: true, maxlength: 20_000 }],
    submit,
  });

  /** The secret of the ticket is what is to be signed. */
  const showProof = (ctx: Context, who: Member, challenge: string, wanted: Wanted, refusal?: PeopleRefusal) => {
    const label = wanted.kind === 'ssh-key' ? t.proveKey : t.proveCertificate;
    const blocks: Block[] = [
      { kind: 'code', label, text: commandFor(wanted, challenge) },
      {
        kind: 'form',
        method: 'post',
        action: `${action}/prove`,
        fields: [{ id: 'signature', label: t.signature, type: 'textarea', required: true, maxlength: 20_000, rows: 8 }],
        hidden: [['challenge', challenge]],
        submit: t.prove,
        cancel: { href: action, label: t.cancel },
      },
    ];
    const problem = refusal && { error: refusal.message, status: refusalStatus(refusal) };
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.proveTitle, blocks, ...problem });
  };

  const ask = async (ctx: Context, who: Member, wanted: PeopleAnswer<Wanted>) => {
    if (!wanted.ok) return show(ctx, who, wanted.error);
    const challenge = await tickets.issue({
      purpose: 'proof',
      binding: who.sessionUid,
      accountId: who.account.id,
      payload: wanted.value,
      expiresAt: clock.now() + minutes * 60_000,
    });
    showProof(ctx, who, challenge, wanted.value);
  };

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who)),
  );

  router.post(
    `${path}/ssh-key`,
    member.form((ctx, who, form) => {
      const read = readSshKey(form.get('key') ?? '');
      return ask(ctx, who, read.ok ? { ok: true, value: { kind: 'ssh-key', what: read.value } } : read);
    }, options),
  );

  router.post(
    `${path}/certificate`,
    member.form((ctx, who, form) => {
      const read = readOwnCertificate(form.get('certificate') ?? '', clock.now(), people.certificateAuthorities);
      return ask(ctx, who, read.ok ? { ok: true, value: { kind: 'certificate', what: read.value } } : read);
    }, options),
  );

  router.post(
    `${path}/prove`,
    member.form(async (ctx, who, form) => {
      const challenge = form.get('challenge') ?? '';
      const ticket = await tickets.find('proof', challenge, who.sessionUid);
      const wanted = ticket?.payload as Wanted | undefined;
      if (wanted === undefined || ticket?.accountId !== who.account.id) return show(ctx, who, goneRefusal);
      if (!isProved(wanted, challenge, form.get('signature') ?? '')) {
        return showProof(ctx, who, challenge, wanted, wrongRefusal);
      }
      // Of two at a time one gets it.
      const redeemed = await tickets.redeem('proof', challenge, who.sessionUid);
      if (redeemed === undefined) return show(ctx, who, goneRefusal);
      const context = contextOf(who, form);
      const added =
        wanted.kind === 'ssh-key'
          ? await identities.addSshKey(context, who.account.id, wanted.what)
          : await identities.addCertificate(context, who.account.id, wanted.what);
      if (!added.ok) return show(ctx, who, added.error);
      done(ctx, pages, path, wanted.kind === 'ssh-key' ? 'keyAdded' : 'certificateAdded');
    }, options),
  );

  router.post(
    `${path}/remove-ssh-key`,
    member.form(async (ctx, who, form) => {
      const fingerprint = form.get('fingerprint') ?? '';
      const removed = await identities.removeSshKey(contextOf(who, form), who.account.id, fingerprint);
      if (!removed.ok) return show(ctx, who, removed.error);
      done(ctx, pages, path, 'keyRemoved');
    }, options),
  );

  router.post(
    `${path}/remove-certificate`,
    member.form(async (ctx, who, form) => {
      const names = { subject: form.get('subject') ?? '', issuer: form.get('issuer') ?? '' };
      const removed = await identities.removeCertificate(contextOf(who, form), who.account.id, names);
      if (!removed.ok) return show(ctx, who, removed.error);
      done(ctx, pages, path, 'certificateRemoved');
    }, options),
  );
  return router.routes() as unknown as Middleware;
}

const goneRefusal: PeopleRefusal = { code: 'conflict', message: t.proofGone };
const wrongRefusal: PeopleRefusal = { code: 'invalid', message: t.proofWrong, field: 'signature' };

function commandFor(wanted: Wanted, challenge: string): string {
  const said = `printf %s ${challenge}`;
  if (wanted.kind === 'ssh-key') return `${said} | ssh-keygen -Y sign -n ${sshNamespace} -f ~/.ssh/id_ed25519`;
  return hasEdwardsKey(wanted.what.pem ?? '')
    ? `${said} > challenge; openssl pkeyutl -sign -rawin -inkey key.pem -in challenge | openssl base64`
    : `${said} | openssl dgst -sha256 -sign key.pem | openssl base64`;
}

function isProved(wanted: Wanted, challenge: string, signature: string): boolean {
  return wanted.kind === 'ssh-key'
    ? isSignedBySshKey(wanted.what.key, challenge, signature)
    : isSignedByCertificate(wanted.what.pem ?? '', challenge, signature);
}
