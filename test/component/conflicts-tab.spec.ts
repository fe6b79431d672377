import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { ConflictAnswer } from '../../src-contract/conflicts.ts'
import { useConflicts } from '../../src-renderer/conflicts/conflicts.ts'
import ConflictsTab from '../../src-renderer/panel/ConflictsTab.vue'
import { fullText } from '../../src-renderer/text/time.ts'
import { conflict, row, show, stubBridge } from './support.ts'

it('an answer that comes late does not take the place of a newer one', async () => {
  const readings: ((answer: ConflictAnswer) => void)[] = []
  stubBridge({
    'conflicts:answer': () => {
      const { promise, resolve } = Promise.withResolvers<ConflictAnswer>()
      readings.push(resolve)
      return promise
    },
  })
  show(ConflictsTab, { row: row(), isStale: false })
  useConflicts().replace([conflict('a')])
  await flushPromises()
  expect(readings).toHaveLength(2)
  readings[1]?.({ json: null, readAt: 2_000_000, problem: null })
  await flushPromises()
  readings[0]?.({ json: null, readAt: 1_000_000, problem: null })
  await flushPromises()
  expect(document.querySelector('[data-test=conflicts-age]')?.getAttribute('title')).toBe(fullText(2_000_000))
})
