/** Scopes as sentences. */
import { scopeSentence } from '../../../src/http/pages/scope-sentence.ts';

test.each([
  ['openid', 'Know who you are, by an identifier that says nothing else about you', false],
  ['profile', 'See your name and your username', false],
  ['email', 'See your e-mail address', false],
  ['offline_access', 'Keep this access while you are away, until you or the service ends it', true],
  ['wlcg.groups', 'Know which of the usual groups you are in', true],
  ['wlcg.groups:/escape/cta', 'Know that you are in the group /escape/cta', true],
  ['wlcg.capabilityset:/escape/cta', 'Use everything that the group /escape/cta may do, as one', true],
  ['storage.read:/cta/open', 'Read files below /cta/open', true],
  ['storage.read://cta//open/', 'Read files below /cta/open', true],
  ['storage.read:/', 'Read all files', true],
  ['storage.create:/magic', 'Create new files below /magic', true],
  ['storage.modify:/ska/scratch', 'Create, change and delete files below /ska/scratch', true],
  ['storage.stage:/lofar', 'Bring files below /lofar from tape', true],
  ['storage.poll:/lofar', 'Ask where files below /lofar are kept', true],
  ['compute.cancel', 'Cancel your computing jobs', true],
  ['aarc', 'Get its access with your groups written as AARC entitlements', false],
  ['wlcg:1.0', 'Get its access in the form of WLCG tokens', false],
  ['read:/cta/open', 'Read files below /cta/open', true],
  ['fts', 'Use the permission “fts”', true],
  ['storage.read:/a/../b', 'Use the permission “storage.read:/a/../b”', true],
])('%s reads "%s"', (scope, sentence, choice) => {
  expect(scopeSentence(scope)).toEqual({ scope, sentence, choice });
});
