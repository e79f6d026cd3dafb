/** `/account/keys`, and the same for a service account that one owns: certificates and SSH keys that services know it by; each is added by a signature of its private key. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleAnswer, PeopleRefusal } from '../../../accounts/refusal.ts';
import { hasEdwardsKey, isSignedByCertificate, readOwnCertificate } from '../../../federation/certificate.ts';
import type { NewCertificate, NewSshKey } from '../../../federation/identities.ts';
import { readSshKey } from '../../../federation/ssh-key.ts';
import { isSignedBySshKey, sshNamespace } from '../../../federation/ssh-signature.ts';
import { shellQuoted } from '../../../handover/quoting.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { certificateTable, sshKeyTable } from '../../pages/known-as.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.keys;
const minutes = 30;

/** Whose keys these are. */
export interface KeyOwner {
  readonly accountId: string;
  readonly username: string;
  readonly title: string;
  readonly lead: string;
  /** Of the page. */
  readonly path: string;
}

/** Undefined: the answer is made already, as it is not for who asks. */
type FindOwner = (ctx: Context, who: Member) => Promise<KeyOwner | undefined>;

export function ownKeyPages(area: PageArea): Middleware {
  const path = '/account/keys';
  return keyPagesOf(area, path, async (_ctx, { account }) => ({
    accountId: account.id,
    username: account.username,
    title: t.title,
    lead: t.lead,
    path,
  }));
}

/** What waits for its proof. */
type Wanted =
  | { readonly kind: 'certificate'; readonly what: NewCertificate }
  | { readonly kind: 'ssh-key'; readonly what: NewSshKey };

/** `path` may have parameters, which `find` reads. */
export function keyPagesOf(
  { pages, member, people, clock, issuer }: PageArea,
  path: string,
  find: FindOwner,
): Middleware {
  const { identities, tickets } = people;
  const router = new Router();

  const form = (
    step: string,
    work: (ctx: Context, who: Member, form: URLSearchParams, owner: KeyOwner) => Promise<void> | void,
  ) =>
    router.post(
      `${path}/${step}`,
      member.form(
        async (ctx, who, said) => {
          const owner = await find(ctx, who);
          if (owner !== undefined) await work(ctx, who, said, owner);
        },
        { fresh: true },
      ),
    );

  const show = async (ctx: Context, who: Member, owner: KeyOwner, refusal?: PeopleRefusal) => {
    const action = `${pages.base}${owner.path}`;
    const { certificates, sshKeys } = await identities.of(owner.accountId);
    const remove = (kind: Wanted['kind'], hidden: readonly (readonly [string, string])[], what: string) => ({
      ...{ action: `${action}/remove-${kind}`, hidden, label: t.remove, name: t.removeName(what), danger: true },
    });
    const addForm = (
      kind: Wanted['kind'],
      submit: string,
      field: { readonly id: string; readonly label: string; readonly hint: string; readonly rows: number },
    ): Block => ({
      ...{ kind: 'form', method: 'post', action: `${action}/${kind}`, submit },
      fields: [{ ...field, type: 'textarea', required: true, maxlength: 20_000 }],
    });
    const blocks: Block[] = [
      { kind: 'heading', text: t.sshKeys },
      sshKeyTable(sshKeys, ({ fingerprint, name }) =>
        remove('ssh-key', [['fingerprint', fingerprint]], name ?? fingerprint),
      ),
      addForm('ssh-key', t.addKey, { id: 'key', label: t.key, hint: t.addKeyHint, rows: 4 }),
      { kind: 'heading', text: t.certificates },
      certificateTable(certificates, ({ subject, issuer }) => {
        const names = [['subject', subject] as const, ['issuer', issuer] as const];
        return remove('certificate', names, subject);
      }),
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
    showSheet(pages, ctx, who, 'account/sheet', { heading: owner.title, lead: owner.lead, blocks, ...problem });
  };

  /** What is signed says what for, and for whom: nobody signs for another's account unknowingly. The random part is of the session. */
  const proofText = ({ username }: KeyOwner, { kind }: Wanted, challenge: string) =>
    t.proofText(kind, username, issuer, challenge);

  const showProof = (
    ctx: Context,
    who: Member,
    owner: KeyOwner,
    { challenge, wanted }: { readonly challenge: string; readonly wanted: Wanted },
    refusal?: PeopleRefusal,
  ) => {
    const action = `${pages.base}${owner.path}`;
    const label = wanted.kind === 'ssh-key' ? t.proveKey : t.proveCertificate;
    const blocks: Block[] = [
      { kind: 'code', label, text: commandFor(wanted, proofText(owner, wanted, challenge)) },
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

  const ask = async (ctx: Context, who: Member, owner: KeyOwner, wanted: PeopleAnswer<Wanted>) => {
    if (!wanted.ok) return show(ctx, who, owner, wanted.error);
    const challenge = await tickets.issue({
      purpose: 'proof',
      binding: who.sessionUid,
      accountId: owner.accountId,
      payload: wanted.value,
      expiresAt: clock.now() + minutes * 60_000,
    });
    showProof(ctx, who, owner, { challenge, wanted: wanted.value });
  };

  router.get(
    path,
    member.page(async (ctx, who) => {
      const owner = await find(ctx, who);
      if (owner !== undefined) await show(ctx, who, owner);
    }),
  );

  form('ssh-key', (ctx, who, said, owner) => {
    const read = readSshKey(said.get('key') ?? '');
    return ask(ctx, who, owner, read.ok ? { ok: true, value: { kind: 'ssh-key', what: read.value } } : read);
  });

  form('certificate', (ctx, who, said, owner) => {
    const read = readOwnCertificate(said.get('certificate') ?? '', clock.now(), people.certificateAuthorities);
    return ask(ctx, who, owner, read.ok ? { ok: true, value: { kind: 'certificate', what: read.value } } : read);
  });

  form('prove', async (ctx, who, said, owner) => {
    const challenge = said.get('challenge') ?? '';
    const ticket = await tickets.find('proof', challenge, who.sessionUid);
    const wanted = ticket?.payload as Wanted | undefined;
    if (wanted === undefined || ticket?.accountId !== owner.accountId) return show(ctx, who, owner, goneRefusal);
    if (!isProved(wanted, proofText(owner, wanted, challenge), said.get('signature') ?? '')) {
      return showProof(ctx, who, owner, { challenge, wanted }, wrongRefusal);
    }
    // Of two at a time one gets it.
    const redeemed = await tickets.redeem('proof', challenge, who.sessionUid);
    if (redeemed === undefined) return show(ctx, who, owner, goneRefusal);
    const context = contextOf(who, said);
    const added =
      wanted.kind === 'ssh-key'
        ? await identities.addSshKey(context, owner.accountId, wanted.what)
        : await identities.addCertificate(context, owner.accountId, wanted.what);
    if (!added.ok) return show(ctx, who, owner, added.error);
    done(ctx, pages, owner.path, wanted.kind === 'ssh-key' ? 'keyAdded' : 'certificateAdded');
  });

  form('remove-ssh-key', async (ctx, who, said, owner) => {
    const fingerprint = said.get('fingerprint') ?? '';
    const removed = await identities.removeSshKey(contextOf(who, said), owner.accountId, fingerprint);
    if (!removed.ok) return show(ctx, who, owner, removed.error);
    done(ctx, pages, owner.path, 'keyRemoved');
  });

  form('remove-certificate', async (ctx, who, said, owner) => {
    const names = { subject: said.get('subject') ?? '', issuer: said.get('issuer') ?? '' };
    const removed = await identities.removeCertificate(contextOf(who, said), owner.accountId, names);
    if (!removed.ok) return show(ctx, who, owner, removed.error);
    done(ctx, pages, owner.path, 'certificateRemoved');
  });
  return router.routes() as unknown as Middleware;
}

const goneRefusal: PeopleRefusal = { code: 'conflict', message: t.proofGone };
const wrongRefusal: PeopleRefusal = { code: 'invalid', message: t.proofWrong, field: 'signature' };

function commandFor(wanted: Wanted, text: string): string {
  const said = `printf %s ${shellQuoted(text)}`;
  if (wanted.kind === 'ssh-key') return `${said} | ssh-keygen -Y sign -n ${sshNamespace} -f ~/.ssh/id_ed25519`;
  return hasEdwardsKey(wanted.what.pem ?? '')
    ? `${said} > challenge; openssl pkeyutl -sign -rawin -inkey key.pem -in challenge | openssl base64`
    : `${said} | openssl dgst -sha256 -sign key.pem | openssl base64`;
}

function isProved(wanted: Wanted, text: string, signature: string): boolean {
  return wanted.kind === 'ssh-key'
    ? isSignedBySshKey(wanted.what.key, text, signature)
    : isSignedByCertificate(wanted.what.pem ?? '', text, signature);
}
