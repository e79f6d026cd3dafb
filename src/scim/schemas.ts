/** The schemas of users and groups: those of RFC 7643 section 4 as far as the server knows their attributes, and INDIGO's extensions. */
import { type Attribute, attribute, type ResourceType, type Schema } from './attribute.ts';

export const userSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const indigoUserId = 'urn:indigo-dc:scim:schemas:IndigoUser';
export const indigoGroupId = 'urn:indigo-dc:scim:schemas:IndigoGroup';

const readOnly = { mutability: 'readOnly' } as const;
const list = { multiValued: true } as const;
const readOnlyList = { ...readOnly, ...list } as const;

const groupReference = (mutability: 'readOnly' | 'readWrite'): readonly Attribute[] => [
  attribute('value', 'string', 'Id of the group.', { caseExact: true, mutability }),
  attribute('$ref', 'reference', 'URL of the group.', { referenceTypes: ['Group'], mutability }),
  attribute('display', 'string', 'Path of the group without its leading slash.', readOnly),
];

/** They have paths of their own to be written at too, as at INDIGO IAM (src/http/indigo). */
const labels = attribute('labels', 'complex', 'Names and values for administrators and scripts.', {
  ...list,
  subAttributes: [
    attribute('prefix', 'string', 'What stands before the last slash of the name.', { caseExact: true }),
    attribute('name', 'string', 'Name.', { caseExact: true }),
    attribute('value', 'string', 'Value.', { caseExact: true }),
  ],
});

const userSchema: Schema = {
  id: userSchemaId,
  name: 'User',
  description: 'Account of a person or a service',
  attributes: [
    attribute('userName', 'string', 'Name at login.', { required: true, uniqueness: 'server' }),
    attribute('name', 'complex', 'Name of the person.', {
      subAttributes: [
        attribute('formatted', 'string', 'Full name.'),
        attribute('givenName', 'string', 'Given name.'),
        attribute('familyName', 'string', 'Family name.'),
      ],
    }),
    attribute('displayName', 'string', 'The username, as INDIGO IAM has it.', readOnly),
    attribute('active', 'boolean', 'Whether the account is not suspended. Absent in a request: as it is.'),
    attribute('emails', 'complex', 'The mail address; one is kept.', {
      ...list,
      subAttributes: [
        attribute('value', 'string', 'Mail address.'),
        attribute('type', 'string', 'Always `work`.', { ...readOnly, canonicalValues: ['work'] }),
        attribute('primary', 'boolean', 'Of several that are sent, the one to keep.'),
      ],
    }),
    attribute('groups', 'complex', 'Groups that the account is a member of now.', {
      ...readOnlyList,
      subAttributes: groupReference('readOnly'),
    }),
  ],
};

const dated: readonly Attribute[] = [
  attribute('created', 'dateTime', 'When it was added.', readOnly),
  attribute('lastModified', 'dateTime', 'When it was last changed.', readOnly),
];

const indigoUserSchema: Schema = {
  id: indigoUserId,
  name: 'IndigoUser',
  description: "What INDIGO IAM's scripts read of an account",
  attributes: [
    attribute('certificates', 'complex', 'X.509 certificates. Absent in a request: as they are.', {
      ...list,
      subAttributes: [
        attribute('display', 'string', 'Label.'),
        attribute('primary', 'boolean', 'Whether it is the first.', readOnly),
        attribute('subjectDn', 'string', 'Subject, in the order of RFC 2253.', { caseExact: true }),
        attribute('issuerDn', 'string', 'Issuer, in the order of RFC 2253.', { caseExact: true }),
        attribute('pemEncodedCertificate', 'string', 'The certificate.', { caseExact: true }),
        ...dated,
      ],
    }),
    attribute('sshKeys', 'complex', 'SSH public keys. Absent in a request: as they are.', {
      ...list,
      subAttributes: [
        attribute('display', 'string', 'Label.'),
        attribute('primary', 'boolean', 'Whether it is the first.', readOnly),
        attribute('value', 'string', 'The key.', { caseExact: true }),
        attribute('fingerprint', 'string', 'SHA-256 of the key.', { ...readOnly, caseExact: true }),
        ...dated,
      ],
    }),
    attribute('oidcIds', 'complex', 'Identities at upstream providers. Absent in a request: as they are.', {
      ...list,
      subAttributes: [
        attribute('issuer', 'string', 'Issuer.', { caseExact: true }),
        attribute('subject', 'string', 'Subject.', { caseExact: true }),
      ],
    }),
    attribute('samlIds', 'complex', 'Always empty: SAML comes through a proxy.', {
      ...readOnlyList,
      subAttributes: [
        attribute('idpId', 'string', 'Identity provider.', readOnly),
        attribute('userId', 'string', 'User.', readOnly),
        attribute('attributeId', 'string', 'Attribute.', readOnly),
      ],
    }),
    labels,
    attribute('authorities', 'string', "The roles, by INDIGO's names.", { ...readOnlyList, caseExact: true }),
    attribute('managedGroups', 'complex', 'Groups that the account manages itself.', {
      ...readOnlyList,
      subAttributes: groupReference('readOnly'),
    }),
    attribute('affiliation', 'string', 'Home institution.'),
    attribute('endTime', 'dateTime', 'First instant at which the account counts no more.'),
    attribute('serviceAccount', 'boolean', 'Whether it is a robot; said when the account is made.', readOnly),
    attribute('aupSignatureTime', 'dateTime', 'When the acceptable use policy was last agreed to.', readOnly),
  ],
};

const groupSchema: Schema = {
  id: groupSchemaId,
  name: 'Group',
  description: 'Group of accounts',
  attributes: [
    attribute(
      'displayName',
      'string',
      'Path without its leading slash; in a request with a parent, the name below it.',
      {
        required: true,
        caseExact: true,
        uniqueness: 'server',
      },
    ),
    attribute('members', 'complex', 'Accounts that are members now.', {
      ...list,
      subAttributes: [
        attribute('value', 'string', 'Id of the account.', { caseExact: true, mutability: 'immutable' }),
        attribute('$ref', 'reference', 'URL of the account.', { referenceTypes: ['User'], mutability: 'immutable' }),
        attribute('type', 'string', 'Always `User`.', { mutability: 'immutable', canonicalValues: ['User'] }),
        attribute('display', 'string', 'Username.', readOnly),
      ],
    }),
  ],
};

const indigoGroupSchema: Schema = {
  id: indigoGroupId,
  name: 'IndigoGroup',
  description: "What INDIGO IAM's scripts read of a group",
  attributes: [
    attribute('parentGroup', 'complex', 'The group above.', { subAttributes: groupReference('readWrite') }),
    attribute('description', 'string', 'Description.'),
    labels,
  ],
};

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'Accounts of people and services',
  schema: userSchema,
  extensions: [indigoUserSchema],
};

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Groups of accounts',
  schema: groupSchema,
  extensions: [indigoGroupSchema],
};

export const resourceTypes: readonly ResourceType[] = [userType, groupType];

export const schemas: readonly Schema[] = [userSchema, groupSchema, indigoUserSchema, indigoGroupSchema];
