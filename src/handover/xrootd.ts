/** XRootD 5.5 and later with XrdAccSciTokens: `scitokens.cfg`, the server's own file, and names for groups. */
import type { Storage } from '../policy/rule.ts';
import type { Block, ConfigFile, Handover } from './config-file.ts';
import { scitokensFile } from './scitokens-cfg.ts';
import { below, hostOf, localNameOf, type ServiceContext } from './service-context.ts';
import { warnOfKind, warnOfPlainIssuer, warnOfXrootdMatching } from './verifier-notes.ts';

const directory = '/etc/xrootd';
const defaultPort = '1094';

export function xrootdHandover(context: ServiceContext, storage: Storage): Handover {
  const mapFile = context.mapGroups ? `${directory}/groups.json` : null;
  return {
    files: [
      scitokensFile(context, storage, { place: `${directory}/scitokens.cfg`, mapFile, defaultUser: null }),
      serverFile(context, storage),
      ...(mapFile === null ? [] : [groupsFile(context, mapFile)]),
    ],
    warnings: [...warnOfKind(storage), ...warnOfPlainIssuer(context.issuer), ...warnOfXrootdMatching(storage)],
  };
}

function serverFile(context: ServiceContext, storage: Storage): ConfigFile {
  const port = hostOf(storage.audience).port ?? defaultPort;
  return {
    name: 'xrootd-sluice.cfg',
    place: `${directory}/xrootd-sluice.cfg, for systemctl start xrootd@sluice`,
    comment: '#',
    blocks: [...criticalLines(context, storage), ...serverLines(port)],
  };
}

function criticalLines(context: ServiceContext, storage: Storage): Block[] {
  const paths = storage.mounts.length === 0 ? ['/'] : storage.mounts.map(({ path }) => path);
  const exports = paths.map((path) => below(context.basePath ?? '/', path));
  return [
    {
      critical: true,
      why: 'The token decides, and nothing else: a `++` before the library, or an authdb behind it, would let in who has no scope.',
      lines: [
        'ofs.authorize 1',
        `ofs.authlib libXrdAccSciTokens.so config=${directory}/scitokens.cfg`,
        'http.header2cgi Authorization authz',
      ],
    },
    {
      critical: true,
      why: 'The end of `base_path` is not seen: /escape would open /escape2. The final slash refuses it.',
      lines: [...exports.map((path) => `all.export ${path === '/' ? '/' : `${path}/`}`)],
    },
  ];
}

function serverLines(port: string): Block[] {
  return [
    {
      why: 'Files of `/x` lie in /srv/xrootd/x.',
      lines: [
        'oss.localroot /srv/xrootd',
        'all.role server',
        'all.adminpath /var/spool/xrootd',
        'all.pidpath /run/xrootd',
      ],
    },
    {
      why: 'One port for https and root. Plain http is answered there too: give out https addresses only.',
      lines: [
        `xrd.port ${port}`,
        `xrd.protocol http:${port} libXrdHttp.so`,
        'xrd.tls /etc/xrootd/host.pem /etc/xrootd/host.key',
        'xrd.tlsca certfile /etc/ssl/certs/ca-certificates.crt',
        'xrootd.tls capable all',
        'xrootd.seclib libXrdSec.so',
        'sec.protocol ztn',
      ],
    },
    { why: 'Third-party copies.', lines: ['http.exthandler xrdtpc libXrdHttpTPC.so'] },
  ];
}

function groupsFile({ groups }: ServiceContext, place: string): ConfigFile {
  const rules = groups.map(({ path }) => ({ group: path, result: localNameOf(path) }));
  return {
    name: 'groups.json',
    place,
    comment: null,
    blocks: [
      {
        why: 'Names for the log and for file ownership; with `onmissing = deny` they open nothing. The first rule that fits counts.',
        lines: [JSON.stringify(rules, null, 2)],
      },
    ],
  };
}
