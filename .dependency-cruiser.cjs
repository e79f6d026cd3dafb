// The layers of docs/design/layers.md as rules: imports go from right to left only.
const layers = [
  'shared',
  'policy',
  'tokens',
  'validate',
  '(keys|audit|accounts|groups|mail|authentication|federation|enrolment|scim|imports|clients|artifacts|issuance|exchange|handover|rules|events|questions|lake)',
  '(storage|provider)',
  'http',
  '(app|main|cli)(/|\\.ts$)',
];
const at = (layer) => (layer.endsWith('$)') ? `^src/${layer}` : `^src/${layer}/`);

const later = layers.slice(0, -1).map((layer, index) => ({
  name: `layer-${layer.replace(/\W+/g, '-')}`,
  comment: 'a layer may not reach a later layer',
  severity: 'error',
  from: { path: at(layer) },
  to: {
    path: layers
      .slice(index + 1)
      .map(at)
      .join('|'),
  },
}));

const onlyFrom = (name, target, from) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: from },
  to: { path: target },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...later,
    {
      name: 'pure-core',
      comment: 'shared, policy and tokens import no package and no Node module',
      severity: 'error',
      from: { path: '^src/(shared|policy|tokens)/' },
      to: { pathNot: '^src/' },
    },
    {
      name: 'validate-needs-jose-only',
      severity: 'error',
      from: { path: '^src/validate/' },
      to: { pathNot: '^src/|node_modules/jose/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'config-knows-shared-only',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/', pathNot: '^src/(config|shared)/' },
    },
    {
      name: 'storage-and-provider-apart',
      severity: 'error',
      from: { path: '^src/storage/' },
      to: { path: '^src/provider/' },
    },
    {
      name: 'provider-and-storage-apart',
      severity: 'error',
      from: { path: '^src/provider/' },
      to: { path: '^src/storage/' },
    },
    {
      name: 'audit-is-a-leaf',
      severity: 'error',
      from: { path: '^src/(accounts|groups|clients|keys|rules|events|questions|lake)/' },
      to: { path: '^src/audit/' },
    },
    onlyFrom('sql-in-storage', 'node_modules/(kysely|pg)/', '^src/(storage/|app\\.ts|cli)'),
    onlyFrom('oidc-provider-in-provider', 'node_modules/oidc-provider/', '^src/(provider|http)/'),
    onlyFrom(
      'deep-import-in-one-file',
      'node_modules/oidc-provider/lib/(?!index\\.js)',
      '^src/provider/internals\\.ts$',
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
