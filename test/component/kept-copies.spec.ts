import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { KeptCopy } from '../../src-contract/editing.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import KeptCopies from '../../src-renderer/activity/KeptCopies.vue'
import { resultText } from '../../src-renderer/jobs/job-targets.ts'
import { step, target } from '../support/job-views.ts'
import { show, stubBridge } from './support.ts'

const copyOf = (more: Partial<KeptCopy> = {}): KeptCopy => ({
  id: 'a',
  serverId: 's1',
  serverName: 'Vienna',
  key: 'INT-2',
  summary: 'Agile',
  takenAt: 0,
  why: 'new-password',
  links: [],
  ...more,
})
const links = (connectorKey: string, count: number, reason: string | null = null) => ({
  connectorKey,
  count,
  unreadable: 0,
  problem: reason === null ? null : foreign(reason),
})
const all = (name: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-test="${name}"]`)]

it('a copy says what it was kept before, offers the links of each side, and names those that are missing', async () => {
  const asked = stubBridge({ 'snapshots:export-links': () => ({ path: null }) })
  show(KeptCopies, { copies: [copyOf({ links: [links('AP-1', 12), links('PB-2', 0, 'Refused'), links('PC-3', 0)] })] })
  const [text] = all('snapshot').map(({ textContent }) => textContent)
  expect(text).toContain('before a new password · Vienna')
  expect(text).toContain('The links of PB-2 could not be kept: Refused')
  expect(all('save-kept-links').map(({ textContent }) => textContent.trim())).toEqual(['Save 12 links of AP-1'])
  all('save-kept-links')[0]?.click()
  await flushPromises()
  expect(asked.at(-1)).toEqual({ channel: 'snapshots:export-links', args: { id: 'a', connectorKey: 'AP-1' } })
})

it('only what was deleted is offered to be created again', () => {
  stubBridge()
  show(KeptCopies, { copies: [copyOf(), copyOf({ id: 'b', why: 'delete' })] })
  expect(all('create-again')).toHaveLength(1)
})

it('of many copies the newest are shown first, and all when they are asked for', async () => {
  stubBridge()
  show(KeptCopies, { copies: Array.from({ length: 130 }, (_, at) => copyOf({ id: `c${at}` })) })
  expect(all('snapshot')).toHaveLength(100)
  expect(all('all-copies')[0]?.textContent).toContain('Show all 130')
  all('all-copies')[0]?.click()
  await flushPromises()
  expect([all('snapshot').length, all('all-copies').length]).toEqual([130, 0])
})

it('what could not be kept is shown at the row of its job, whatever the outcome', () => {
  const missing = foreign('No links.')
  const done = step('start', { outcome: 'done', begunAt: 1, endedAt: 2 })
  expect(resultText(target({ missing, steps: [done] }))).toBe('Started – No links.')
  expect(resultText(target({ missing, steps: [step('stop')] }))).toBe('No links.')
})
