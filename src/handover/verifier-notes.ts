/** What a storage's verifier makes of paths, and whether it is registered accordingly (policy-semantics 2.3). */
import type { Matching, Storage } from '../policy/rule.ts';

const notes: Readonly<Record<Matching, string>> = {
  segment: 'Registered with `matching: segment`: /foo is taken for /foo and what lies below it, and for nothing else.',
  prefix:
    'This verifier takes /foo for /foobar, and loses a final slash. Registered with `matching: prefix`: the issuer gives /foo only to those who may also have what lies beside it.',
  string:
    'This verifier takes /foo for /foobar, and a dot for any character: scopes end with a slash. Registered with `matching: string`: the issuer gives /foo/ instead of /foo.',
};

/** For a comment beside the base path. */
export function verifierNote({ matching }: Storage): string {
  return notes[matching];
}

/** XRootD, and EOS with the XRootD inside it. */
export function warnOfXrootdMatching({ name, matching }: Storage): string[] {
  if (matching !== 'segment') return [];
  return [
    `\`${name}\` is registered with \`matching: segment\`, which holds from XRootD 5.9 on; 5.5 as in Debian 12 takes /foo for /foobar: write \`matching: prefix\` for it`,
  ];
}

/** StoRM WebDAV reads the path as an unescaped regular expression. */
export function warnOfStormMatching({ name, matching }: Storage): string[] {
  if (matching === 'string') return [];
  return [
    `\`${name}\` is registered with \`matching: ${matching}\`, but StoRM takes /foo for /foobar and a dot for any character: write \`matching: string\``,
  ];
}

/** What no storage should be configured from. */
export function warnOfKind({ name, kind }: Storage): string[] {
  return kind === 'storage'
    ? []
    : [`\`${name}\` is registered with \`kind: service\`: no storage scope is issued for it`];
}

/** Verifiers of tokens ask for keys over https only. */
export function warnOfPlainIssuer(issuer: string): string[] {
  return issuer.startsWith('https://') ? [] : [`the issuer \`${issuer}\` is not https, which the service refuses`];
}
