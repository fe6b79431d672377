import type { SessionlessReason } from './servers.ts'

/** Why a server is worked with without sessions, as the end of a sentence about it. */
export const SESSIONLESS_WORDS: Readonly<Record<SessionlessReason, string>> = {
  'no-cookie': 'its answer to the log-in brought no session cookie',
  'not-kept': 'it did not know the session cookie that it had just handed out; a proxy may take cookies away',
  'asks-again':
    'it asks for the password again although the session is good (secure administrator sessions, “websudo”)',
  'ends-often': 'its sessions end within a minute, again and again',
}

/** What that means for the user, and the way out. */
export const SESSIONLESS_MEANS =
  'The password goes with every request, one request at a time whatever the settings say, so that a changed password is refused once and no account is locked. That is slower: about 20 requests a second where an answer takes 50 ms.'
export const SESSIONLESS_ADVICE = 'A personal access token needs no session, and may go with several requests at once.'
