/** What `sluice client` does to any client: shows, suspends, restores, sets owners, decides requests. */
import { randomUUID } from 'node:crypto';
import { peopleOperator } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { ClientAdministration, ClientDetails } from '../clients/administration.ts';
import { createClientAdministration } from '../clients/create-administration.ts';
import type { ClientGrants } from '../clients/grants.ts';
import { isoInstant } from '../policy/explain.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createClientRecords } from '../storage/client-records.ts';
import { createWriteConfirmation } from '../storage/confirm-everywhere.ts';
import type { DatabaseConnection } from '../storage/database.ts';
import { loadRegistrationSettings } from '../storage/lake-facts.ts';
import type { CommandIo } from './command.ts';

export const clientSteps = ['show', 'suspend', 'restore', 'owners', 'requests', 'approve', 'refuse'] as const;

export type ClientStep = (typeof clientSteps)[number];

export interface ClientStepOptions {
  /** A client, or a request for `approve` and `refuse`. */
  readonly id: string | undefined;
  readonly owners: readonly string[];
  readonly scopes: readonly string[];
  readonly reason: string | null;
}

export function isClientStep(step: string | undefined): step is ClientStep {
  return clientSteps.some((one) => one === step);
}

/** What is wrong with the words of the command, before the database is asked. */
export function checkClientStep(step: ClientStep, { id, reason }: ClientStepOptions): void {
  if (step === 'requests') return;
  if (id === undefined) throw new AppError('usage', 'expected an id');
  if (step !== 'show' && step !== 'approve' && reason === null) throw new AppError('usage', 'expected `--reason`');
}

export async function runClientStep(
  step: ClientStep,
  options: ClientStepOptions,
  { database, issuer, io }: { readonly database: DatabaseConnection; readonly issuer: string; readonly io: CommandIo },
): Promise<number> {
  const registration = await loadRegistrationSettings(database.db);
  const confirmation = createWriteConfirmation(database);
  const clients = createClientAdministration({
    records: createClientRecords(database.db, { issuer, product: 'Sluice' }),
    clock: systemClock,
    settings: () => ({ registration, entitlements: true }),
    newId: randomUUID,
    settled: (version) => confirmation.confirmEverywhere(version),
  });
  if (step === 'requests') return listRequests(clients, io);
  const answer = await act(clients, step, options);
  if (!answer.ok) {
    io.stderr(`sluice client: ${answer.error.message}\n`);
    return 1;
  }
  io.stdout(answer.value);
  return 0;
}

async function act(
  clients: ClientAdministration,
  step: Exclude<ClientStep, 'requests'>,
  { id = '', owners, scopes, reason }: ClientStepOptions,
): Promise<PeopleAnswer<string>> {
  const context = { actor: peopleOperator, reason };
  const told = async <T>(asking: Promise<PeopleAnswer<T>>, tell: (value: T) => string) => {
    const answer = await asking;
    return answer.ok ? { ...answer, value: tell(answer.value) } : answer;
  };
  switch (step) {
    case 'show':
      return told(clients.get(peopleOperator, id), described);
    case 'suspend':
      return told(clients.suspend(context, id), () => `${id} is suspended\n`);
    case 'restore':
      return told(clients.restore(context, id), () => `${id} is active\n`);
    case 'owners':
      return told(clients.setOwners(context, id, owners), (client) => `${id} is owned by ${ownersOf(client)}\n`);
    case 'approve': {
      const granted = scopes.length === 0 ? undefined : { scopes };
      return told(
        clients.approve(context, id, granted),
        (request) => `${request.clientId} was granted: ${grantsText(request.approved ?? {})}\n`,
      );
    }
    case 'refuse':
      return told(clients.refuse(context, id), (request) => `the request for ${request.clientId} was refused\n`);
  }
}

async function listRequests(clients: ClientAdministration, io: CommandIo): Promise<number> {
  for (let after: string | null = null; ; ) {
    const found = await clients.listRequests(peopleOperator, { state: 'waiting' }, { limit: 500, after });
    if (!found.ok) return 1;
    for (const { id, clientId, askedBy, asked, note } of found.value.items) {
      io.stdout(`${[id, clientId, askedBy ?? '-', grantsText(asked), note].join('\t')}\n`);
    }
    if (found.value.next === null) return 0;
    after = found.value.next;
  }
}

function described(client: ClientDetails): string {
  const { own, granted, suspension, secrets } = client;
  const lines = [
    ['client', client.clientId],
    ['name', client.name ?? '-'],
    ['state', suspension === null ? 'active' : `suspended (${suspension.because ?? 'no reason'})`],
    ['owners', ownersOf(client)],
    ['last token', client.lastUsedOn ?? 'never'],
    ['own scopes', (own.scopes ?? []).join(' ') || '-'],
    ['granted', grantsText(granted)],
    ...secrets.map(({ slot, createdAt, lastUsedOn, endsAt }) => [
      `secret (${slot})`,
      `made ${createdAt === null ? 'earlier' : isoInstant(createdAt)}, last used ${lastUsedOn ?? 'never'}, ends ${endsAt === null ? 'never' : isoInstant(endsAt)}`,
    ]),
  ];
  return lines.map(([name, value]) => `${name}: ${value}\n`).join('');
}

function ownersOf({ owners }: ClientDetails): string {
  return owners.map(({ username }) => username).join(' ') || 'nobody';
}

function grantsText({
  scopes = [],
  audiences = [],
  grantTypes = [],
  exchangeOffline,
  privileged,
}: ClientGrants): string {
  const flags = [...(exchangeOffline ? ['exchangeOffline'] : []), ...(privileged ? ['privileged'] : [])];
  return [...scopes, ...audiences, ...grantTypes, ...flags].join(' ') || '-';
}
