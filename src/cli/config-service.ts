/** `sluice config SERVICE`: the configuration that another service needs for this lake, from the database or a lake file. */
import { parseArgs } from 'node:util';
import { type Handover, renderFile, renderFiles } from '../handover/config-file.ts';
import type { ServiceContext } from '../handover/service-context.ts';
import { type Service, services } from '../handover/services.ts';
import { readLake, refuseFaults } from '../lake/apply.ts';
import { allGroups, lakeToFacts } from '../lake/facts.ts';
import { emptyLake } from '../lake/state.ts';
import { AppError } from '../shared/errors.ts';
import { findNearest } from '../shared/nearest.ts';
import { loadAllGroups, loadLakeFacts } from '../storage/lake-facts.ts';
import { loadRegistrationSetting } from '../storage/registration-setting.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { CommandIo } from './command.ts';
import { findIssuer } from './issuer-option.ts';
import { readLakeText } from './lake-text.ts';
import { requireConfig } from './load-config.ts';

type Options = ReturnType<typeof readOptions>;
/** What is known of the lake; the rest of the context comes from the options. */
type Lake = Pick<ServiceContext, 'storages' | 'groups' | 'clients' | 'settings' | 'registration'>;

export const serviceNames = Object.keys(services);

/** Exit status 0; warnings go to the standard error. Throws `usage` for what is not known. */
export async function runServiceConfig(name: string, args: readonly string[], io: CommandIo): Promise<number> {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) throw notKnown('service', name, serviceNames);
  const options = readOptions(args);
  refuseWrongSubject(name, service, options);
  const issuer = findIssuer(options.issuer, io.env);
  const lake = options.lake === undefined ? await readDatabase(io) : await readFile(options.lake, io);
  const context = { ...lake, issuer, basePath: readBasePath(options['base-path']), mapGroups: options['map-groups'] };
  const handover = makeHandover(service, context, options);
  io.stdout(render(handover, options.part));
  io.stderr(handover.warnings.map((warning) => `warning: ${warning}\n`).join(''));
  return 0;
}

function readOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      storage: text,
      client: text,
      lake: text,
      issuer: text,
      part: text,
      'base-path': text,
      'map-groups': flag,
    },
  });
  return values;
}

function refuseWrongSubject(name: string, service: Service, { storage, client }: Options): void {
  const expected = [
    ...(service.forStorage === undefined ? [] : ['`--storage NAME`']),
    ...(service.forClient === undefined ? [] : ['`--client ID`']),
  ].join(' or ');
  const isOne = (storage === undefined) !== (client === undefined);
  const takes = storage === undefined ? service.forClient : service.forStorage;
  if (!isOne || takes === undefined) throw new AppError('usage', `expected ${expected} for \`${name}\``);
}

function readBasePath(path: string | undefined): string | null {
  if (path === undefined) return null;
  if (!/^\/([\w.~=@,-]+(\/[\w.~=@,-]+)*\/?)?$/.test(path)) {
    throw new AppError('usage', `base path \`${path}\` is not a path, expected such as \`/escape\``);
  }
  return path === '/' ? path : path.replace(/\/$/, '');
}

async function readFile(path: string, io: CommandIo): Promise<Lake> {
  const { fileName, text } = await readLakeText(path, io.stdin);
  const lake = readLake(text, fileName);
  refuseFaults(lake, fileName, emptyLake);
  const { policy, clients } = lakeToFacts(lake);
  return { ...policy, groups: allGroups(lake), clients, registration: lake.head.registration?.allow ?? 'nobody' };
}

async function readDatabase(io: CommandIo): Promise<Lake> {
  const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
  try {
    const { policy, clients } = await loadLakeFacts(database.db);
    const registration = await loadRegistrationSetting(database.db);
    const groups = await loadAllGroups(database.db);
    return { ...policy, groups, clients, registration: registration?.allow ?? 'nobody' };
  } finally {
    await database.close();
  }
}

function makeHandover(service: Service, context: ServiceContext, { storage, client }: Options): Handover {
  if (storage !== undefined) {
    const found = context.storages.find(({ name }) => name === storage);
    const names = context.storages.map(({ name }) => name);
    if (found === undefined || service.forStorage === undefined) throw notKnown('storage', storage, names);
    return service.forStorage(context, found);
  }
  const found = context.clients.get(client ?? '');
  if (found === undefined || service.forClient === undefined) {
    throw notKnown('client', client ?? '', [...context.clients.keys()]);
  }
  return service.forClient(context, found);
}

function render({ files }: Handover, part: string | undefined): string {
  if (part === undefined) return renderFiles(files);
  const file = files.find(({ name }) => name === part);
  const names = files.map(({ name }) => name);
  if (file === undefined) throw notKnown('part', part, names);
  return renderFile(file);
}

/** Names the nearest, or all that there are when they fit in a line or two. */
function notKnown(what: string, name: string, known: readonly string[]): AppError {
  const nearest = findNearest(name, known);
  const shown = known.slice(0, 20).map((one) => `\`${one}\``);
  const list =
    shown.length === 0 ? 'there is none' : `expected one of ${shown.join(', ')}${known.length > 20 ? ', …' : ''}`;
  const hint = nearest === undefined ? list : `did you mean \`${nearest}\`? ${list}`;
  return new AppError('usage', `${what} \`${name}\` not known, ${hint}`);
}
