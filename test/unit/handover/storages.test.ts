/** The configuration of storages (issue "Configuration for the other side"): what the promise of the policy rests on is there, and first. */
import { load } from 'js-yaml';
import { contextOf, handoverOf, issuer, partOf, readIni } from '../../support/handover.ts';

const wildcard = 'https://wlcg.cern.ch/jwt/v1/any';

describe('XRootD', () => {
  const made = handoverOf('xrootd', 'LOCAL-XROOTD', contextOf(undefined, { basePath: '/escape' }));

  test('takes the scopes of this issuer below the base path, and nothing else', () => {
    expect(readIni(partOf(made, 'scitokens.cfg'))).toEqual({
      Global: { audience: 'https://localhost:8444', onmissing: 'deny' },
      'Issuer escape': { issuer, base_path: '/escape', authorization_strategy: 'capability', map_subject: 'False' },
    });
  });

  test('exports the base path with a final slash, on the port of the audience, with no second authorization', () => {
    const server = partOf(made, 'xrootd-sluice.cfg').split('\n');
    expect(server).toEqual(expect.arrayContaining(['all.export /escape/', 'xrd.port 8444', 'ofs.authorize 1']));
    expect(server).toContain('ofs.authlib libXrdAccSciTokens.so config=/etc/xrootd/scitokens.cfg');
  });

  test('says that the verifier takes /foo for /foobar', () => {
    expect(partOf(made, 'scitokens.cfg')).toContain('This verifier takes /foo for /foobar, and loses a final slash.');
    expect(made.warnings).toEqual([]);
  });

  test('restricts the issuer to the mounts, and warns of a class that its version has not', () => {
    const mounted = handoverOf('xrootd', 'PIC-DCACHE');
    expect(readIni(partOf(mounted, 'scitokens.cfg'))).toMatchObject({
      Global: { audience: 'https://door05.pic.es:8452, door05.pic.es' },
      'Issuer escape': { base_path: '/', restricted_path: '/rucio/pic_dcache, /rucio/pic_inject' },
    });
    expect(partOf(mounted, 'xrootd-sluice.cfg')).toMatch(
      /^all\.export \/rucio\/pic_dcache\/\nall\.export \/rucio\/pic_inject\/$/m,
    );
    expect(mounted.warnings).toEqual([expect.stringMatching(/^`PIC-DCACHE` .*`matching: prefix`/)]);
  });

  test('names groups in a file of their own when asked', () => {
    const mapped = handoverOf('xrootd', 'LOCAL-XROOTD', contextOf(undefined, { mapGroups: true }));
    expect(readIni(partOf(mapped, 'scitokens.cfg'))).toMatchObject({
      Global: { onmissing: 'deny' },
      'Issuer escape': { name_mapfile: '/etc/xrootd/groups.json', authorization_strategy: 'capability, mapping' },
    });
    expect(JSON.parse(partOf(mapped, 'groups.json'))).toContainEqual({
      group: '/escape/cta/p17',
      result: 'escape_cta_p17',
    });
    expect(made.files.map(({ name }) => name)).toEqual(['scitokens.cfg', 'xrootd-sluice.cfg']);
  });

  test('writes audiences with commas so that they stay one', () => {
    const text = 'version: 1\nstorages: [{ name: S, audience: "a,b", matching: prefix }]';
    expect(partOf(handoverOf('xrootd', 'S', contextOf(text)), 'scitokens.cfg')).toContain(
      '\naudience_json = ["a,b"]\n',
    );
  });

  test('warns of an issuer that is not https', () => {
    const plain = contextOf(undefined, { issuer: 'http://localhost:8080/' });
    expect(handoverOf('xrootd', 'LOCAL-XROOTD', plain).warnings).toEqual([
      'the issuer `http://localhost:8080/` is not https, which the service refuses',
    ]);
  });
});

describe('dCache', () => {
  const made = handoverOf('dcache', 'DESY-DCACHE');

  test('gives an identity to tokens with scopes only, so nothing falls back to a mapped one', () => {
    const { '': lines } = readIni(partOf(made, 'gplazma.properties'));
    expect(lines).toEqual({
      'gplazma.oidc.provider!escape': `${issuer} -profile=wlcg -prefix=/ -authz-id="username:escape_tokens uid:61000 gid:61000"`,
      'gplazma.oidc.audience-targets': `https://dcache-door-doma01.desy.de:2880 dcache-door-doma01.desy.de ${wildcard}`,
    });
    const chain = partOf(made, 'gplazma.conf');
    expect(chain.split('\n').filter((line) => /^(auth|map|account|session|identity)\b/.test(line))).toEqual([
      'auth     optional     oidc',
      'session  sufficient   omnisession',
    ]);
  });

  test('remembers nothing longer than a closing is anticipated', () => {
    const { '': lines } = readIni(partOf(made, 'webdav.properties'));
    expect(lines).toMatchObject({
      'webdav.service.gplazma.cache.timeout': '120',
      'webdav.service.gplazma.cache.timeout.unit': 'SECONDS',
      'webdav.macaroons.max-lifetime': '120',
      'webdav.enable.authn.anonymous-fallback-on-failed-login': 'false',
      'webdav.authz.anonymous-operations': 'NONE',
    });
  });

  test('shows the user of tokens the mount only, or warns that it cannot', () => {
    expect(partOf(made, 'omnisession.conf')).toContain(
      '\nusername:escape_tokens root:/ home:/ prefix:/escape/wp2_rucio_testbed/desy_dcache\n',
    );
    expect(made.warnings).toEqual([]);
    expect(handoverOf('dcache', 'PIC-DCACHE').warnings).toEqual([expect.stringMatching(/has 2 mounts/)]);
    expect(handoverOf('dcache', 'LOCAL-XROOTD').warnings).toEqual([expect.stringMatching(/has no mounts/)]);
  });

  test('maps groups only when asked, and says what that opens', () => {
    const mapped = handoverOf('dcache', 'DESY-DCACHE', contextOf(undefined, { mapGroups: true }));
    expect(partOf(mapped, 'multi-mapfile.groups')).toContain('\noidcgrp:/escape/cta gid:61005,true group:escape_cta\n');
    expect(mapped.warnings).toEqual([expect.stringMatching(/^groups open what their gid may read/)]);
  });
});

describe('StoRM', () => {
  const made = handoverOf('storm', 'CNAF-STORM');

  test('lets no token read by the name of its issuer alone', () => {
    const { '': lines } = readIni(partOf(made, 'escape.properties'));
    expect(lines).toEqual({
      orgsGrantReadPermission: 'false',
      orgsGrantWritePermission: 'false',
      wlcgScopeAuthzEnabled: 'true',
      anonymousReadEnabled: 'false',
      authenticatedReadEnabled: 'false',
      voMapEnabled: 'false',
      fineGrainedAuthzEnabled: 'false',
      orgs: issuer,
      name: 'escape',
      accessPoints: '/escape',
      rootPath: '/storage/escape',
    });
  });

  test('checks audiences and makes no tokens of its own', () => {
    expect(load(partOf(made, 'application.yml'))).toEqual({
      oauth: {
        issuers: [
          {
            name: 'escape',
            issuer,
            'enforce-audience-checks': true,
            audiences: ['https://xfer.cr.cnaf.infn.it:8443', 'xfer.cr.cnaf.infn.it', wildcard],
          },
        ],
      },
      storm: { 'authz-server': { enabled: false }, 'macaroon-filter': { enabled: false } },
    });
  });

  test('says that scopes end with a slash, and warns of another class', () => {
    expect(partOf(made, 'escape.properties').replaceAll('\n# ', ' ')).toContain(
      'This verifier takes /foo for /foobar, and a dot for any character: scopes end with a slash.',
    );
    expect(handoverOf('storm', 'DESY-DCACHE').warnings).toContainEqual(expect.stringMatching(/`matching: string`$/));
  });

  test('warns of a mount that begins with the access point, which StoRM cuts off', () => {
    expect(made.warnings).toEqual([expect.stringMatching(/write `path: \/rucio\/cnaf_storm`$/)]);
    expect(handoverOf('storm', 'CNAF-STORM', contextOf(undefined, { basePath: '/sa' })).warnings).toEqual([]);
  });

  test('warns of clients whose tokens it refuses', () => {
    const text = `version: 1
clients: [{ clientId: c, clientSecret: s, accessTokenSigningAlg: ES256 }]
storages: [{ name: S, audience: s.example.org, matching: string }]`;
    expect(handoverOf('storm', 'S', contextOf(text)).warnings).toEqual([
      expect.stringMatching(/^StoRM takes RS256 only: .*`c`/),
    ]);
  });
});

describe('EOS', () => {
  const made = handoverOf('eos', 'EULAKE-1');

  test('lets scopes decide, for the account of all tokens', () => {
    expect(readIni(partOf(made, 'scitokens.cfg'))).toMatchObject({
      Global: { onmissing: 'deny' },
      'Issuer escape': { default_user: 'escape_tokens', restricted_path: '/eos/eulake/tests/rucio_test/eulake_1' },
    });
  });

  test('limits macaroons, and refuses the mapping that knows neither audience nor scope', () => {
    expect(partOf(made, 'xrd.cf.mgm')).toContain('\nmacaroons.maxduration 120\n');
    expect(partOf(made, 'eos-vid.sh')).toContain('\n! eos vid ls | grep -F key:issuer.example.org/userinfo\n');
  });
});

test.each(['xrootd', 'dcache', 'storm', 'eos'])('%s is told that a service has no files', (service) => {
  expect(handoverOf(service, 'FTS').warnings).toContainEqual(expect.stringMatching(/^`FTS` .*`kind: service`/));
});
