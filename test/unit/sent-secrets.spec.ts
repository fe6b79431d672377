import { expect, it } from 'vitest'
import { SentSecrets } from '../../src-main/http/sent-secrets.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const HOUR_MS = 3_600_000
const body = (password: string, more: object = {}) => ({
  firstConnector: { application: { user: 'sync', password, ...more } },
})
const passwords = (sent: SentSecrets) => sent.all().map(({ password }) => password)

it('a password that a body carried is known for an hour after it was last sent, with its user', async () => {
  const clock = new SimulatedClock()
  const sent = new SentSecrets(clock)
  sent.note(body('first'))
  sent.note(body('second'))
  await clock.advance(HOUR_MS / 2)
  sent.note(body('first'))
  expect(sent.all()).toEqual([
    { user: 'sync', password: 'second' },
    { user: 'sync', password: 'first' },
  ])
  await clock.advance(HOUR_MS / 2 + 1)
  expect(passwords(sent)).toEqual(['first'])
  await clock.advance(HOUR_MS / 2)
  expect(passwords(sent)).toEqual([])
})

it('what a body says in the open as well is no secret, and neither is an empty password', () => {
  const sent = new SentSecrets(new SimulatedClock())
  sent.note(body('backbone', { baseUrl: 'backbone' }))
  sent.note(body(''))
  sent.note(undefined)
  expect(sent.all()).toEqual([])
})

it('a hundred are known at most, the last ones', () => {
  const sent = new SentSecrets(new SimulatedClock())
  for (let index = 0; index < 150; index += 1) sent.note(body(`password ${index}`))
  expect(passwords(sent)).toHaveLength(100)
  expect(passwords(sent).at(0)).toBe('password 50')
})
