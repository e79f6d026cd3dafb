/** Tables of what an account is known by elsewhere. */
import type { Certificate, Identity, SshKey } from '../../federation/identities.ts';
import type { Block, ButtonForm, Cell } from './blocks.ts';
import { instantText } from './parts.ts';
import { texts } from './texts.ts';

const t = texts.knownAs;

/** `titleOf`: how people call the provider of an issuer. */
export function identityTable(identities: readonly Identity[], titleOf: (issuer: string) => string): Block {
  return {
    kind: 'table',
    columns: [t.provider, t.subject, t.linked, t.used],
    empty: t.noIdentities,
    rows: identities.map(({ issuer, subject, linkedAt, lastUsedAt, declared }) => ({
      head: { ...(titleOf(issuer) !== issuer && { text: titleOf(issuer) }), codes: [issuer], ...origin(declared) },
      cells: [
        { codes: [subject] },
        instantText(linkedAt),
        lastUsedAt === null ? texts.member.never : instantText(lastUsedAt),
      ],
    })),
  };
}

export function sshKeyTable(keys: readonly SshKey[], buttonOf?: (key: SshKey) => ButtonForm): Block {
  return {
    kind: 'table',
    columns: [t.fingerprint, t.label, t.added],
    empty: t.noSshKeys,
    rows: keys.map((key) => ({
      head: { codes: [key.fingerprint], ...origin(key.declared), ...(buttonOf && { button: buttonOf(key) }) },
      cells: [key.name ?? '', instantText(key.addedAt)],
    })),
  };
}

export function certificateTable(
  certificates: readonly Certificate[],
  buttonOf?: (certificate: Certificate) => ButtonForm,
): Block {
  return {
    kind: 'table',
    columns: [t.name, t.issuer, t.label, t.added],
    empty: t.noCertificates,
    rows: certificates.map((certificate) => {
      const { subject, issuer, label, addedAt, declared } = certificate;
      const authority: Cell = issuer === '' ? t.anyIssuer : { codes: [issuer] };
      return {
        head: { codes: [subject], ...origin(declared), ...(buttonOf && { button: buttonOf(certificate) }) },
        cells: [authority, label ?? '', instantText(addedAt)],
      };
    }),
  };
}

function origin(declared: boolean) {
  return declared ? { note: t.declared } : {};
}
