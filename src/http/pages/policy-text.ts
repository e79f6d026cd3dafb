/** Versions of the acceptable use policy and signatures, as the pages show them. */
import type { PolicyVersion, Signature } from '../../enrolment/acceptable-use.ts';
import { textDigest } from '../../enrolment/create-acceptable-use.ts';
import type { PolicyText, SignatureRow } from './models/enrolment.ts';
import { instantText } from './parts.ts';
import { texts } from './texts.ts';

export function policyText(version: PolicyVersion): PolicyText {
  return {
    name: version.name,
    title: version.title ?? texts.agreement.title,
    paragraphs: paragraphsOf(version.text),
    url: version.url,
    validFrom: version.validFrom === null ? null : instantText(version.validFrom),
    validDays: version.validDays,
    digest: textDigest(version),
  };
}

/** An empty line begins a paragraph. */
export function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '');
}

export function signatureRow({ username, version, signedAt, signedBy, address, endsAt }: Signature): SignatureRow {
  return {
    username,
    version,
    at: instantText(signedAt),
    by: signedBy ?? texts.policy.unknown,
    from: address ?? texts.policy.unknown,
    until: endsAt === null ? texts.member.withoutEnd : instantText(endsAt),
  };
}
