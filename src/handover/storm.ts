/** StoRM WebDAV 1.4 and later: a storage area, and the issuers of the service. */
import type { Storage } from '../policy/rule.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { quoted } from './quoting.ts';
import { anyAudience, audiencesOf, nicknameOf, type ServiceContext } from './service-context.ts';
import { verifierNote, warnOfKind, warnOfPlainIssuer, warnOfStormMatching } from './verifier-notes.ts';

export function stormHandover(context: ServiceContext, storage: Storage): Handover {
  return {
    files: [storageAreaFile(context, storage), applicationFile(context, storage)],
    warnings: [
      ...warnOfKind(storage),
      ...warnOfPlainIssuer(context.issuer),
      ...warnOfStormMatching(storage),
      ...warnOfAccessPoint(context, storage),
      ...warnOfAlgorithm(context),
    ],
  };
}

/** StoRM cuts it off before it compares; it cannot be `/`, as then the first slash of the path is cut off. */
function accessPointOf(context: ServiceContext): string {
  return context.basePath === null || context.basePath === '/' ? `/${nicknameOf(context)}` : context.basePath;
}

function storageAreaFile(context: ServiceContext, storage: Storage): ConfigFile {
  const nickname = nicknameOf(context);
  return {
    name: `${nickname}.properties`,
    place: `/etc/storm/webdav/sa.d/${nickname}.properties`,
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'By default every token of a trusted issuer may read everything, whatever its scopes. An embargo would be open to all.',
        lines: ['orgsGrantReadPermission=false', 'orgsGrantWritePermission=false', 'wlcgScopeAuthzEnabled=true'],
      },
      {
        critical: true,
        why: 'Nobody else reads past the tokens: not without credentials, not with any certificate, not by other policies.',
        lines: [
          'anonymousReadEnabled=false',
          'authenticatedReadEnabled=false',
          'voMapEnabled=false',
          'fineGrainedAuthzEnabled=false',
        ],
      },
      {
        why: 'Compared character by character, with the final slash. It must be in application.yml, too.',
        lines: [`orgs=${context.issuer}`],
      },
      {
        why: `${accessPointReason(context, storage)}\n\n${verifierNote(storage)}`,
        lines: [`name=${nickname}`, `accessPoints=${accessPointOf(context)}`, `rootPath=/storage/${nickname}`],
      },
    ],
  };
}

function accessPointReason(context: ServiceContext, { mounts }: Storage): string {
  const [mount] = mounts;
  const path = mount === undefined ? '/x' : `${mount.path}/x`;
  const access = accessPointOf(context);
  return `StoRM cuts the access point off before it compares: a scope on ${path} is for the URL path ${access}${path}, the file \`rootPath\`${path}. Put your directory for \`rootPath\`.`;
}

function applicationFile(context: ServiceContext, storage: Storage): ConfigFile {
  const audiences = [...audiencesOf(storage), anyAudience];
  return {
    name: 'application.yml',
    place: '/etc/storm/webdav/config/application.yml',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'Tokens for other services are refused. Tokens for the wildcard open only what is open everywhere.',
        lines: [
          'oauth:',
          '  issuers:',
          `    - name: ${quoted(nicknameOf(context))}`,
          `      issuer: ${quoted(context.issuer)}`,
          '      enforce-audience-checks: true',
          '      audiences:',
          ...audiences.map((audience) => `        - ${quoted(audience)}`),
        ],
      },
      {
        critical: true,
        why: 'StoRM makes tokens of its own, macaroons too, that live up to twelve hours: they would outlive the token that they were got with, and the begin of an embargo.',
        lines: ['storm:', '  authz-server:', '    enabled: false', '  macaroon-filter:', '    enabled: false'],
      },
    ],
  };
}

function warnOfAccessPoint(context: ServiceContext, { name, mounts }: Storage): string[] {
  const access = accessPointOf(context);
  const within = mounts.filter(({ path }) => path === access || path.startsWith(`${access}/`));
  return within.map(
    ({ path }) =>
      `mount \`${path}\` of \`${name}\` begins with the access point \`${access}\`, which StoRM cuts off: if URLs begin with it once, write \`path: ${path.slice(access.length) || '/'}\``,
  );
}

/** StoRM takes RS256 only. */
function warnOfAlgorithm({ clients }: ServiceContext): string[] {
  const others = [...clients.values()].filter(({ accessTokenSigningAlg }) => accessTokenSigningAlg !== 'RS256');
  return others.map(
    ({ clientId }) =>
      `StoRM takes RS256 only: tokens of client \`${clientId}\` are refused with \`accessTokenSigningAlg: ES256\``,
  );
}
