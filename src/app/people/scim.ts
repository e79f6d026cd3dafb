/** Puts together what SCIM and INDIGO's paths read and write. */
import type { AccountAdministration } from '../../accounts/administration.ts';
import { createAccountAdministration } from '../../accounts/create-administration.ts';
import type { Identities, KnownAs } from '../../federation/identities.ts';
import { createGroupAdministration } from '../../groups/create-administration.ts';
import type { IndigoDirectory } from '../../scim/indigo-directory.ts';
import { createScim, type Scim } from '../../scim/service.ts';
import type { Clock } from '../../shared/clock.ts';
import { createAccountRecords } from '../../storage/account-records.ts';
import type { Database } from '../../storage/database.ts';
import type { GroupUnits } from '../../storage/group-units.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createIdentities } from '../../storage/identities.ts';
import { createIndigoDirectory } from '../../storage/indigo-directory.ts';
import { createScimDirectory } from '../../storage/scim-directory.ts';
import { createScimUnits } from '../../storage/scim-units.ts';
import { createScimWalks } from '../../storage/scim-walks.ts';

export interface ScimWorkDeps {
  readonly issuer: string;
  readonly db: Database;
  readonly clock: Clock;
  readonly accounts: AccountAdministration;
  readonly groupUnits: GroupUnits;
  readonly identities: Identities;
}

export interface ScimWork {
  readonly scim: Scim;
  readonly indigo: IndigoDirectory;
  readonly purgeable: Purgeable;
}

export function createScimWork({ issuer, db, clock, accounts, groupUnits, identities }: ScimWorkDeps): ScimWork {
  const walks = createScimWalks(db, clock);
  const directoryOf = (from: Database, known: Identities) =>
    createScimDirectory({
      db: from,
      clock,
      identitiesOf: async (accountIds) => {
        const found = await known.ofAll(accountIds);
        return new Map([...found].map(([accountId, one]) => [accountId, toRecords(one)]));
      },
    });
  const units = createScimUnits({
    db,
    clock,
    groupUnits,
    within: (trx) => {
      const inner = createIdentities(trx, clock);
      return {
        accounts: createAccountAdministration({ records: createAccountRecords(trx), clock }),
        identities: inner,
        directory: directoryOf(trx, inner),
      };
    },
    withinGroups: (trx, records) => ({
      groups: createGroupAdministration({ records, clock }),
      directory: directoryOf(trx, createIdentities(trx, clock)),
    }),
  });
  return {
    scim: createScim({
      issuer,
      accounts,
      directory: directoryOf(db, identities),
      walks,
      ...units,
    }),
    indigo: createIndigoDirectory(db, clock),
    purgeable: walks,
  };
}

/** In the words of SCIM's extension. */
function toRecords({ identities, certificates, sshKeys }: KnownAs) {
  return {
    oidcIds: identities.map(({ issuer, subject }) => ({ issuer, subject })),
    certificates: certificates.map(({ subject, issuer, label, pem, addedAt }) => ({
      label,
      subjectDn: subject,
      issuerDn: issuer === '' ? null : issuer,
      pem,
      createdAt: addedAt,
    })),
    sshKeys: sshKeys.map(({ fingerprint, name, key, addedAt }) => ({
      label: name,
      value: key,
      fingerprint,
      createdAt: addedAt,
    })),
  };
}
