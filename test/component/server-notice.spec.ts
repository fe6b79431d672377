import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Access, BlockReason } from '../../src-contract/credentials.ts'
import type { Server } from '../../src-contract/servers.ts'
import ServerNotice from '../../src-renderer/servers/ServerNotice.vue'
import { server, show, stubBridge } from './support.ts'

const blocked = (
  reason: BlockReason,
  { nextAttemptAt = 0, attempts = 1 }: { nextAttemptAt?: number; attempts?: number } = {},
): Access => ({
  state: 'blocked',
  reason,
  since: Date.now(),
  attempts,
  nextAttemptAt,
  loginUrl: null,
})
const shown = (more: Partial<Server>) => show(ServerNotice, { server: server(more) })

describe('what is the matter with a server', () => {
  it.each<[string, Partial<Server>, string]>([
    ['a refused log-in', { access: blocked('rejected') }, 'Jira refused the log-in'],
    ['a captcha', { access: blocked('captcha') }, 'Log in once with the browser'],
    ['passwords switched off', { access: blocked('method-off') }, 'Use a personal access token'],
    ['no safe way to try a password', { access: blocked('token-needed') }, 'Use a personal access token'],
    ['something in front of Jira', { access: blocked('intercepted') }, 'answered instead of Jira'],
    ['answers for another user', { access: blocked('another-user') }, 'not an e-mail address'],
    ['an attempt of which nobody knows what became', { access: blocked('unanswered') }, 'is not known'],
    ['one that may not have left', { access: blocked('cut-off') }, 'may have been sent'],
    ['no credential', { credential: null }, 'no password or token yet'],
    [
      'a password that was kept for a session, or never entered',
      { credential: { kind: 'basic', user: 'a', kept: 'missing' } },
      'is not kept on this computer',
    ],
  ])('%s is said in words', (_name, more, words) => {
    expect(shown(more).text()).toContain(words)
  })

  it.each<[BlockReason, number, string]>([
    ['rejected', 1, '1 refused attempt since'],
    // The others may have had no answer.
    ['rejected', 2, 'At most 2 attempts since'],
    ['unanswered', 1, ' 1 attempt since'],
    ['unanswered', 2, 'At most 2 attempts since'],
    ['cut-off', 1, 'At most 1 attempt since'],
  ])('where it was %s, and attempts are %i, it says “%s”', (reason, attempts, words) => {
    expect(shown({ access: blocked(reason, { attempts }) }).text()).toContain(words)
  })

  it('where a token is needed no attempts are counted, for none failed', () => {
    expect(shown({ access: blocked('token-needed') }).text()).not.toContain('attempt')
  })

  it('the server’s name is set apart from what is said of it', () => {
    expect(shown({ access: blocked('captcha') }).get('.words p').element.textContent).toMatch(/^Vienna: Jira asks/)
  })

  it('a server that is away says since when and why, and is no emergency', () => {
    const wrapper = shown({
      reach: {
        state: 'unreachable',
        isAsking: false,
        since: Date.now(),
        lastReadAt: 1,
        nextReadAt: null,
        error: { code: 'net.dns', message: foreign('The name x cannot be found.'), advice: foreign('Check it.') },
        gaps: [],
      },
    })
    expect(wrapper.text()).toMatch(/Unreachable since \d{1,2}:\d\d\s[AP]M\. The name x cannot be found\. Check it\./)
    expect(wrapper.get('section').classes()).not.toContain('urgent')
  })
})

it('“Test once” counts down the ten seconds, and is offered only where a log-in was refused', () => {
  expect(
    shown({ access: blocked('rejected', { nextAttemptAt: Date.now() + 9_500 }) })
      .get('[data-test=test-once]')
      .attributes('disabled'),
  ).toBeDefined()
  expect(
    shown({ access: blocked('rejected') })
      .get('[data-test=test-once]')
      .attributes('disabled'),
  ).toBeUndefined()
  expect(shown({ credential: null }).find('[data-test=test-once]').exists()).toBe(false)
})

it('“Test once” is offered after ten seconds, although the clock was set back by hours', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const wrapper = shown({ access: blocked('rejected', { nextAttemptAt: Date.now() + 2 * 3_600_000 }) })
  const button = wrapper.get('[data-test=test-once]')
  expect(button.text()).toBe('Test once (in 10 s)')
  await vi.advanceTimersByTimeAsync(11_000)
  // Whatever shows the time renews it for all, also where another spec’s timer has not ended.
  shown({})
  await flushPromises()
  expect(button.attributes('disabled')).toBeUndefined()
})

it('shows why an attempt failed', async () => {
  stubBridge({
    'servers:try-once': () => {
      throw Object.assign(
        {},
        { code: 'auth.rejected', message: 'Jira refused the user name and password, or the token.' },
      )
    },
  })
  const wrapper = shown({ access: blocked('rejected') })
  await wrapper.get('[data-test=test-once]').trigger('click')
  await flushPromises()
  expect(wrapper.get('[role=alert]').text()).toContain('Jira refused')
})
