/** `scitokens.cfg` of XrdAccSciTokens, which XRootD and EOS read. */
import type { Storage } from '../policy/rule.ts';
import type { Block, ConfigFile } from './config-file.ts';
import { audiencesOf, nicknameOf, type ServiceContext } from './service-context.ts';
import { verifierNote } from './verifier-notes.ts';

export interface ScitokensOptions {
  readonly place: string;
  /** JSON file that names groups; null: none. */
  readonly mapFile: string | null;
  /** Local account of every token; null: none. */
  readonly defaultUser: string | null;
}

export function scitokensFile(context: ServiceContext, storage: Storage, options: ScitokensOptions): ConfigFile {
  return {
    name: 'scitokens.cfg',
    place: options.place,
    comment: '#',
    blocks: [...globalSection(storage), ...issuerSection(context, storage, options)],
  };
}

function globalSection(storage: Storage): Block[] {
  const audiences = audiencesOf(storage);
  const isPlain = audiences.every((audience) => !audience.includes(','));
  return [
    {
      critical: true,
      why: 'What no scope allows is refused. The default, `passthrough`, asks the next plug-in, which knows no embargo.',
      lines: ['[Global]', 'onmissing = deny'],
    },
    {
      critical: true,
      why: 'Tokens for other services are refused. The library takes the wildcard audience as well; such tokens open only what is open everywhere.',
      lines: [isPlain ? `audience = ${audiences.join(', ')}` : `audience_json = ${JSON.stringify(audiences)}`],
    },
  ];
}

function issuerSection(context: ServiceContext, storage: Storage, options: ScitokensOptions): Block[] {
  const strategy = options.mapFile === null ? 'capability' : 'capability, mapping';
  return [
    {
      critical: true,
      why: 'Scopes decide, not groups, as members of a group may be no party of an embargo. Older versions than 5.6 do not know the strategy, and need nothing but `onmissing`.',
      lines: [`[Issuer ${nicknameOf(context)}]`, `authorization_strategy = ${strategy}`, 'map_subject = False'],
    },
    ...restriction(storage),
    {
      why: `Compared character by character, with the final slash.`,
      lines: [`issuer = ${context.issuer}`],
    },
    {
      why: `${basePathReason(storage)}\n\n${verifierNote(storage)}`,
      lines: [
        `base_path = ${context.basePath ?? '/'}`,
        ...(options.mapFile === null ? [] : [`name_mapfile = ${options.mapFile}`]),
        ...(options.defaultUser === null ? [] : [`default_user = ${options.defaultUser}`]),
      ],
    },
  ];
}

function restriction({ mounts }: Storage): Block[] {
  if (mounts.length === 0) return [];
  return [
    {
      critical: true,
      why: 'The issuer has no say outside of what the lake keeps here.',
      lines: [`restricted_path = ${mounts.map(({ path }) => path).join(', ')}`],
    },
  ];
}

function basePathReason({ mounts }: Storage): string {
  return mounts.length === 0
    ? 'Scopes are paths of the logical tree; they start below this directory.'
    : "Scopes are the storage's own paths; they start below this directory.";
}
