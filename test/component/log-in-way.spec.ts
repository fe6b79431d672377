import { afterEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import type { VueWrapper } from '@vue/test-utils'
import type { SessionlessReason } from '../../src-contract/credentials.ts'
import type { Server } from '../../src-contract/servers.ts'
import ServerDialog from '../../src-renderer/servers/ServerDialog.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { server, show, stubBridge } from './support.ts'

let shown: VueWrapper | null = null
afterEach(() => shown?.unmount())

/** What the settings of a server say of its log-in; null for nothing. */
async function said(more: Partial<Server>): Promise<string | null> {
  stubBridge({
    'servers:inspect-address': () => ({
      baseUrl: 'https://jira.example',
      problem: null,
      notes: [],
      isPlainHttp: false,
      candidates: [],
    }),
  })
  shown = show(ServerDialog, { serverId: 's1' }, () => {
    useServers().list = [server(more)]
  })
  await nextTick()
  return document.body.querySelector('[data-test=log-in-method]')?.textContent ?? null
}

describe('the settings of a server say how Syncdeck logs in there', () => {
  it('by one log-in and a session', async () => {
    expect(await said({})).toContain('One log-in; after that, requests carry the session cookie')
  })

  it('and that it is not known before the first log-in', async () => {
    const text = await said({ isSessionKept: false })
    expect(text).toContain('Not known yet')
    expect(text).not.toContain('one log-in')
  })

  it.each<[SessionlessReason, string]>([
    ['no-cookie', 'contained no session cookie'],
    ['not-kept', 'did not recognise the session cookie'],
    ['asks-again', 'asks for the password again although the session is valid'],
    ['ends-often', 'sessions end within a minute'],
  ])('without sessions, since when, why (%s), what that means, and the way out', async (reason, words) => {
    const text = await said({
      isSessionKept: false,
      sessionless: { since: new Date(2026, 1, 3, 14, 2).getTime(), reason },
    })
    expect(text).toMatch(/Without sessions since .*2:02\sPM: /)
    for (const part of [
      words,
      'one at a time whatever the settings say',
      'about 20 requests a second if an answer takes 50 ms',
      'personal access token',
      'within a week, or when you run Diagnose',
    ])
      expect(text).toContain(part)
  })

  it.each<[string, Server['sessionless'], string]>([
    ['sessions do not work', { since: 1, reason: 'no-cookie' }, 'contained no session cookie'],
    ['answers name nobody', null, 'X-AUSERNAME'],
  ])('that a token is needed where queries are lost and %s', async (_name, sessionless, words) => {
    const text = await said({
      isSessionKept: false,
      sessionless,
      access: { state: 'blocked', reason: 'token-needed', since: 1, attempts: 1, nextAttemptAt: 1, loginUrl: null },
    })
    for (const part of [words, 'Use a personal access token']) expect(text).toContain(part)
    for (const part of ['one at a time', 'Not known yet']) expect(text).not.toContain(part)
  })

  it.each<[string, Partial<Server>]>([
    ['a token, which needs none', { credential: { kind: 'token', user: '', kept: 'keychain' } }],
    ['no credential yet', { credential: null }],
  ])('and nothing of sessions with %s', async (_name, more) => {
    expect(await said(more)).toBeNull()
  })

  it('and nothing once another kind of log-in is chosen than what is stored', async () => {
    expect(await said({})).not.toBeNull()
    document.body.querySelector<HTMLInputElement>('input[type=radio][value=token]')?.click()
    await nextTick()
    expect(document.body.querySelector('[data-test=log-in-method]')).toBeNull()
  })
})
