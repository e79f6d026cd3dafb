/** EOS 5 (XRootD 5 inside): the MGM's tokens over https, and its mapping of identities. */
import type { Storage } from '../policy/rule.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { shellQuoted } from './quoting.ts';
import { scitokensFile } from './scitokens-cfg.ts';
import { nicknameOf, type ServiceContext } from './service-context.ts';
import { warnOfKind, warnOfPlainIssuer, warnOfXrootdMatching } from './verifier-notes.ts';

export function eosHandover(context: ServiceContext, storage: Storage): Handover {
  const user = `${nicknameOf(context)}_tokens`;
  return {
    files: [
      scitokensFile(context, storage, {
        place: '/etc/xrootd/scitokens.cfg on the MGM',
        mapFile: null,
        defaultUser: user,
      }),
      managerFile(context),
      commandsFile(context, user),
    ],
    warnings: [
      ...warnOfKind(storage),
      ...warnOfPlainIssuer(context.issuer),
      ...warnOfXrootdMatching(storage),
      ...(context.mapGroups ? ['EOS takes no groups of tokens: their scopes decide'] : []),
    ],
  };
}

function managerFile({ settings }: ServiceContext): ConfigFile {
  return {
    name: 'xrd.cf.mgm',
    place: 'lines for /etc/xrd.cf.mgm',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'A macaroon outlives the token that it was made with, and so the begin of an embargo: no longer than the issuer anticipates one (`guardSeconds`).',
        lines: [`macaroons.maxduration ${Math.max(1, settings.guardSeconds)}`],
      },
      {
        why: 'Macaroons first, then the scopes of tokens. `openssl rand -base64 -out /etc/eos.macaroon.secret 64` makes the secret.',
        lines: [
          'mgmofs.macaroonslib libXrdMacaroons.so libXrdAccSciTokens.so',
          'macaroons.secretkey /etc/eos.macaroon.secret',
          'http.exthandler xrdtpc libXrdHttpTPC.so',
          'http.exthandler EosMgmHttp libEosMgmHttp.so eos::mgm::http::redirect-to-https=0',
          'sec.protocol ztn -tokenlib none',
        ],
      },
    ],
  };
}

function commandsFile({ issuer }: ServiceContext, user: string): ConfigFile {
  const userinfo = `${issuer.replace(/^https?:\/\//, '')}userinfo`;
  return {
    name: 'eos-vid.sh',
    place: 'commands for the administrator of EOS',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: `The OAUTH2 mapping sends any token to /userinfo, whatever its audience and scopes, and gives its user the rights of a local account. Keep it off for this issuer; if a FUSE mount needs it, those accounts may read nothing below an embargo (eos vid set map -oauth2 key:${userinfo} vuid:0).`,
        lines: [`! eos vid ls | grep -F ${shellQuoted(`key:${userinfo}`)}`],
      },
      {
        critical: true,
        why: 'The account of all tokens must exist, and no ACL may name it but those that its files need: what a token may do is in its scopes.',
        lines: [`id ${shellQuoted(user)}`],
      },
      { why: 'The identity of a token over https.', lines: ['eos vid enable https'] },
    ],
  };
}
