import { expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { RateLimitState } from '../../src-contract/servers.ts'
import ServerRailItem from '../../src-renderer/app/ServerRailItem.vue'
import TaskRow from '../../src-renderer/tasks/TaskRow.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { server, show, stubBridge, task } from './support.ts'

const NOON = new Date(2026, 2, 2, 12, 0).getTime()
const limited = (perSecond: number | null, heldUntil: number | null = null): RateLimitState => ({
  perSecond,
  heldUntil,
})

const item = (rateLimit: RateLimitState | null, more = {}) => {
  stubBridge()
  return show(ServerRailItem, { server: server({ rateLimit, ...more }), index: 0, isCurrent: false })
}

it.each([
  [limited(1), '1/s', 'limited to 1 per second by the server'],
  [limited(20.4), '20/s', 'limited to 20 per second by the server'],
  [limited(0.1), '6/min', 'limited to 6 per minute by the server'],
  [limited(0.01), '1/min', 'limited to 1 per minute by the server'],
  [limited(0.001), 'slow', 'slowed down by the server’s rate limit'],
  [limited(null), 'slow', 'slowed down by the server’s rate limit'],
  [limited(1, Date.now() + 60_000), 'wait', 'rate limited: no requests until '],
  [limited(1, Date.now() - 60_000), '1/s', 'limited to 1 per second by the server'],
])('a server that limits the rate says so in the rail: %o', (rateLimit, sign, words) => {
  const wrapper = item(rateLimit)
  expect(wrapper.get('[data-test=rate-limited]').text()).toBe(sign)
  expect(wrapper.get('button.name').attributes('title')).toContain(words)
  expect(
    wrapper
      .findAll('.only-spoken')
      .map((spoken) => spoken.text())
      .join(' '),
  ).toContain(words)
})

it('nothing is said of a rate where nothing waits, nor where something worse is the matter', () => {
  expect(item(null).find('[data-test=rate-limited]').exists()).toBe(false)
  const reach = { state: 'unreachable', isAsking: false, since: NOON, lastReadAt: 1, nextReadAt: null, error: null }
  expect(item(limited(1), { reach }).find('[data-test=rate-limited]').exists()).toBe(false)
})

it('what the user sends to such a server waits visibly', () => {
  stubBridge()
  const row = (state: 'sending' | 'running') =>
    show(TaskRow, { task: task({ state, outcome: null, message: foreign('Begun'), waiting: null }), now: NOON }, () =>
      useServers().replace([server({ rateLimit: limited(1) })]),
    )
      .get('.words')
      .text()
  expect(row('sending')).toMatch(/^Waiting for its turn: \S+ accepts 1 request a second$/)
  expect(row('running')).toBe('Begun')
})
