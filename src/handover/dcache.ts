/** dCache 9.2 and later with the gPlazma plug-in `oidc` and its profile `wlcg`. */
import type { Storage } from '../policy/rule.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { anyAudience, audiencesOf, localNameOf, nicknameOf, type ServiceContext } from './service-context.ts';
import { verifierNote, warnOfKind, warnOfPlainIssuer } from './verifier-notes.ts';

/** Numbers of the identity that new files belong to, and of the first group; a site has its own. */
const firstId = 61000;

export function dcacheHandover(context: ServiceContext, storage: Storage): Handover {
  return {
    files: [
      layoutFile(context, storage),
      doorFile(context),
      gplazmaFile(context),
      sessionFile(context, storage),
      ...(context.mapGroups ? [groupsFile(context)] : []),
    ],
    warnings: [
      ...warnOfKind(storage),
      ...warnOfPlainIssuer(context.issuer),
      ...warnOfMounts(context, storage),
      ...(context.mapGroups
        ? ['groups open what their gid may read in the namespace, embargo or not: only for paths without embargoes']
        : []),
    ],
  };
}

const userOf = (context: ServiceContext) => `${nicknameOf(context)}_tokens`;

function layoutFile(context: ServiceContext, storage: Storage): ConfigFile {
  const identity = `username:${userOf(context)} uid:${firstId} gid:${firstId}`;
  return {
    name: 'gplazma.properties',
    place: 'below the [.../gplazma] line of the layout file in /etc/dcache/layouts',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'No `-non-authz-id`: a token without storage scopes would become that identity, and dCache would fall back to its permissions in the namespace, which know no embargo. With `-authz-id` alone such a token has no identity and is refused. `-profile=wlcg` is what reads the scopes; the default profile ignores them. No `-suppress=audience`: tokens for other storages would be taken.\n\nuid and gid are yours to choose; new files belong to them, so nobody else may have them.',
        lines: [
          `gplazma.oidc.provider!${nicknameOf(context)} = ${context.issuer} -profile=wlcg -prefix=${context.basePath ?? '/'} -authz-id="${identity}"`,
        ],
      },
      {
        critical: true,
        why: 'The names of this storage, and the wildcard: tokens for it open only what is open everywhere. Add nothing that other storages are asked for by.',
        lines: [`gplazma.oidc.audience-targets = ${[...audiencesOf(storage), anyAudience].join(' ')}`],
      },
      {
        why: `${verifierNote(storage)}\n\nKeys are kept for six hours: publish a new key ahead of its use.`,
        lines: [],
      },
    ],
  };
}

/** What stays open after the end of a token must be within the seconds by which the issuer anticipates a closing. */
function doorFile({ settings }: ServiceContext): ConfigFile {
  const seconds = Math.max(1, settings.guardSeconds);
  return {
    name: 'webdav.properties',
    place: 'below each [.../webdav] line of the layout file in /etc/dcache/layouts',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: `The door remembers logins, by default for ten minutes: a token would be taken after its end. The issuer anticipates the begin of an embargo by ${settings.guardSeconds} s (\`guardSeconds\`), so no longer than that.`,
        lines: [
          `webdav.service.gplazma.cache.timeout = ${seconds}`,
          'webdav.service.gplazma.cache.timeout.unit = SECONDS',
        ],
      },
      {
        critical: true,
        why: 'A macaroon outlives the token that it was got with.',
        lines: [
          `webdav.macaroons.max-lifetime = ${seconds}`,
          'webdav.macaroons.max-lifetime.unit = SECONDS',
          `webdav.macaroons.default-lifetime = ${seconds}`,
          'webdav.macaroons.default-lifetime.unit = SECONDS',
        ],
      },
      {
        critical: true,
        why: 'Who has no valid token is refused, and not let in as nobody.',
        lines: [
          'webdav.enable.authn.anonymous-fallback-on-failed-login = false',
          'webdav.authz.anonymous-operations = NONE',
        ],
      },
    ],
  };
}

function gplazmaFile(context: ServiceContext): ConfigFile {
  const nickname = nicknameOf(context);
  const map = context.mapGroups
    ? ['map      sufficient   multimap gplazma.multimap.file=/etc/dcache/multi-mapfile.groups']
    : [];
  return {
    name: 'gplazma.conf',
    place: '/etc/dcache/gplazma.conf, beside the lines for other credentials',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: `No \`map\` line may give an identity to these tokens: keep \`op:${nickname}\`, \`oidc:...@${nickname}\` and \`oidcgrp:\` out of every multi-mapfile, and \`-accept\` out of the provider.`,
        lines: ['auth     optional     oidc', ...map, 'session  sufficient   omnisession'],
      },
    ],
  };
}

function sessionFile(context: ServiceContext, { mounts }: Storage): ConfigFile {
  const [mount, ...others] = mounts;
  const isOne = mount !== undefined && others.length === 0;
  const prefix = isOne ? ` prefix:${joined(context.basePath, mount.path)}` : '';
  return {
    name: 'omnisession.conf',
    place: '/etc/dcache/omnisession.conf',
    comment: '#',
    blocks: [
      {
        critical: isOne,
        why: isOne
          ? 'The issuer has no say outside of what the lake keeps here.'
          : 'The user of all tokens; their scopes say what they open.',
        lines: [`username:${userOf(context)} root:/ home:/${prefix}`],
      },
    ],
  };
}

const joined = (basePath: string | null, path: string) => `${basePath ?? ''}${path}`.replaceAll(/\/+/g, '/');

function groupsFile({ groups }: ServiceContext): ConfigFile {
  return {
    name: 'multi-mapfile.groups',
    place: '/etc/dcache/multi-mapfile.groups',
    comment: '#',
    blocks: [
      {
        why: 'Each line lets a token with the group, and without any scope, do what the gid may do in the namespace. Let no such gid read below an embargo.',
        lines: groups.map(
          ({ path }, index) => `oidcgrp:${path} gid:${firstId + 1 + index},true group:${localNameOf(path)}`,
        ),
      },
    ],
  };
}

function warnOfMounts({ basePath }: ServiceContext, { name, mounts }: Storage): string[] {
  if (mounts.length > 1) {
    return [
      `\`${name}\` has ${mounts.length} mounts, but dCache limits a user to one directory: the issuer is trusted with all of \`${basePath ?? '/'}\``,
    ];
  }
  if (mounts.length === 0 && basePath === null) {
    return [
      `\`${name}\` has no mounts, so the issuer is trusted with the whole namespace of dCache: give \`--base-path\` the directory of the community`,
    ];
  }
  return [];
}
