/** Every endpoint of the API, and the names of its schemas in the document. */

import {
  acceptableUseContract,
  newPolicyVersionSchema,
  newSignatureSchema,
  policyVersionAnswer,
  signatureAnswer,
} from './contract/acceptable-use.ts';
import { accountContract, exportedAccount, removedAccount } from './contract/accounts.ts';
import { accountChange, changeContract, changesAnswer, groupChange, membershipChange } from './contract/changes.ts';
import { clientLifeContract } from './contract/client-life.ts';
import { clientRequestContract } from './contract/client-requests.ts';
import { allowanceSchema, allowedClient, clientContract, registeredClientAnswer } from './contract/clients.ts';
import { embargoContract } from './contract/embargoes.ts';
import { acceptanceSchema, enrolmentAnswer, enrolmentContract, enrolmentRefusalSchema } from './contract/enrolments.ts';
import { exchangeRuleContract } from './contract/exchange-rules.ts';
import { factorContract, factorsAnswer } from './contract/factors.ts';
import { grantContract } from './contract/grants.ts';
import * as groupRequests from './contract/group-requests.ts';
import * as groups from './contract/groups.ts';
import {
  certificatesAnswer,
  identitiesAnswer,
  knownAsContract,
  newCertificateSchema,
  newIdentitySchema,
  newSshKeySchema,
  sshKeysAnswer,
} from './contract/known-as.ts';
import { mailAnswer, mailStepSchema, outboxContract } from './contract/outbox.ts';
import { questionContract } from './contract/questions.ts';
import { auditEntry, revocationAnswer, revocationContract, revocationSchema } from './contract/revocations.ts';
import { serviceContract, sessionAnswer } from './contract/service.ts';
import {
  removedStorage,
  storageAnswer,
  storageBody,
  storageContract,
  writtenPath,
  writtenStorage,
} from './contract/storages.ts';
import * as clients from './schemas/clients.ts';
import * as exchangeRules from './schemas/exchange-rules.ts';
import * as people from './schemas/people.ts';
import * as questions from './schemas/questions.ts';
import * as rules from './schemas/rules.ts';

export const contract = {
  ...grantContract,
  ...embargoContract,
  ...exchangeRuleContract,
  ...storageContract,
  ...questionContract,
  ...revocationContract,
  ...clientContract,
  ...clientLifeContract,
  ...clientRequestContract,
  ...accountContract,
  ...factorContract,
  ...knownAsContract,
  ...changeContract,
  ...enrolmentContract,
  ...groups.groupContract,
  ...groupRequests.groupRequestContract,
  ...acceptableUseContract,
  ...outboxContract,
  ...serviceContract,
};

/** What requests bring. */
export const requestSchemas = {
  NewGrant: rules.newGrantSchema,
  ChangedGrant: rules.changedGrantSchema,
  NewEmbargo: rules.newEmbargoSchema,
  ChangedEmbargo: rules.changedEmbargoSchema,
  Step: rules.stepSchema,
  Extension: rules.extensionSchema,
  Release: rules.releaseSchema,
  NewParty: rules.newPartySchema,
  Exemption: rules.exemptionSchema,
  NewExchangeRule: exchangeRules.newExchangeRuleSchema,
  ChangedExchangeRule: exchangeRules.changedExchangeRuleSchema,
  StorageFields: storageBody,
  Evaluation: questions.evaluateSchema,
  Proposal: questions.impactSchema,
  Revocation: revocationSchema,
  Acceptance: acceptanceSchema,
  EnrolmentRefusal: enrolmentRefusalSchema,
  NewGroup: groups.newGroupSchema,
  MovedGroup: groups.movedGroupSchema,
  MembershipDates: groups.membershipSchema,
  ChangedGroup: groups.changedGroupSchema,
  GroupManagersChange: groups.groupManagersSchema,
  NewGroupRequest: groupRequests.newGroupRequestSchema,
  GroupRequestRefusal: groupRequests.requestRefusalSchema,
  NewInvitation: groupRequests.newInvitationSchema,
  NewPolicyVersion: newPolicyVersionSchema,
  NewSignature: newSignatureSchema,
  MailStep: mailStepSchema,
  Allowance: allowanceSchema,
  NewClient: clients.newClientSchema,
  ChangedClient: clients.changedClientSchema,
  ClientOwners: clients.clientOwnersSchema,
  ClientGrants: clients.clientGrantsSchema,
  NewClientSecret: clients.newSecretSchema,
  NewClientRequest: clients.newRequestSchema,
  ClientApproval: clients.approvalSchema,
  NewAccount: people.newAccountSchema,
  ChangedAccount: people.changedAccountSchema,
  AccountStep: people.accountStepSchema,
  Merge: people.mergeSchema,
  Owners: people.ownersSchema,
  NewIdentity: newIdentitySchema,
  NewCertificate: newCertificateSchema,
  NewSshKey: newSshKeySchema,
};

/** What answers bring. */
export const answerSchemas = {
  Grant: rules.versionedGrant,
  GrantRecord: rules.grantAnswer,
  WrittenGrant: rules.writtenGrant,
  RemovedGrant: rules.removedGrant,
  GrantHistoryEntry: rules.grantHistoryEntry,
  Embargo: rules.versionedEmbargo,
  EmbargoRecord: rules.embargoAnswer,
  Party: rules.partyAnswer,
  WrittenEmbargo: rules.writtenEmbargo,
  EmbargoHistoryEntry: rules.embargoHistoryEntry,
  ExchangeRule: exchangeRules.versionedExchangeRule,
  ExchangeRuleRecord: exchangeRules.exchangeRuleAnswer,
  WrittenExchangeRule: exchangeRules.writtenExchangeRule,
  RemovedExchangeRule: exchangeRules.removedExchangeRule,
  ExchangeRuleHistoryEntry: exchangeRules.exchangeRuleHistoryEntry,
  Storage: storageAnswer,
  WrittenStorage: writtenStorage,
  RemovedStorage: removedStorage,
  WrittenPath: writtenPath,
  Decision: questions.evaluateAnswer,
  WhoCan: questions.whoCanAnswer,
  TokensOut: questions.tokensAnswer,
  Impact: questions.impactAnswer,
  IssueRecord: questions.issueRecord,
  Refusals: questions.refusalsAnswer,
  Revoked: revocationAnswer,
  AuditEntry: auditEntry,
  RegisteredClient: registeredClientAnswer,
  Enrolment: enrolmentAnswer,
  Group: groups.groupAnswer,
  GroupMember: groups.groupMemberAnswer,
  RemovedGroup: groups.removedGroup,
  EndedMembership: groups.endedMembership,
  GroupManagers: groups.groupManagersAnswer,
  GroupMove: groups.groupMoveAnswer,
  GroupHistoryEntry: groups.membershipChangeAnswer,
  GroupRequest: groupRequests.groupRequestAnswer,
  Invitation: groupRequests.invitationAnswer,
  CreatedInvitation: groupRequests.createdInvitation,
  RevokedInvitation: groupRequests.revokedInvitation,
  PolicyVersion: policyVersionAnswer,
  Signature: signatureAnswer,
  Mail: mailAnswer,
  AllowedClient: allowedClient,
  Client: clients.clientAnswer,
  ClientSummary: clients.clientSummaryAnswer,
  CreatedClient: clients.createdClientAnswer,
  RemovedClient: clients.removedClient,
  ClientRequest: clients.clientRequestAnswer,
  Account: people.accountAnswer,
  Factors: factorsAnswer,
  LinkedIdentities: identitiesAnswer,
  Certificates: certificatesAnswer,
  SshKeys: sshKeysAnswer,
  AccountSummary: people.accountSummary,
  RemovedAccount: removedAccount,
  ExportedAccount: exportedAccount,
  Changes: changesAnswer,
  AccountChange: accountChange,
  GroupChange: groupChange,
  MembershipChange: membershipChange,
  Session: sessionAnswer,
};
