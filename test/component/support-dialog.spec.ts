import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import SupportDialog from '../../src-renderer/settings/SupportDialog.vue'
import { show, stubBridge } from './support.ts'

const find = (name: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-test=${name}]`)
  if (found === null) throw new Error(`There is no ${name}`)
  return found
}
const shownText = (): string => find('support-text').textContent.trim()
const canSave = (): boolean => !find('save-support').hasAttribute('disabled')

/** The dialog, and what answers its readings: in the order in which they were asked for. */
function shown() {
  const readings: { isAnonymous: boolean; answer: () => Promise<void>; fail: () => Promise<void> }[] = []
  const asked = stubBridge({
    'support:bundle': ({ isAnonymous }) => {
      const { promise, resolve, reject } = Promise.withResolvers<{ text: string }>()
      readings.push({
        isAnonymous,
        answer: async () => {
          resolve({ text: isAnonymous ? 'server 1' : 'Vienna' })
          await flushPromises()
        },
        fail: async () => {
          reject(Object.assign(new Error(), { code: 'internal', message: 'It failed' }))
          await flushPromises()
        },
      })
      return promise
    },
    'support:save': () => ({ path: '/home/anna/support.txt' }),
  })
  show(SupportDialog, {})
  const tick = async (): Promise<void> => {
    find('support-anonymous').click()
    await flushPromises()
  }
  const saved = (): unknown => asked.find(({ channel }) => channel === 'support:save')?.args
  return { readings, tick, saved }
}

it('what is shown and saved is what the box says, however quickly it is ticked', async () => {
  const { readings, tick, saved } = shown()
  await readings[0]?.answer()
  await tick()
  await tick()
  expect(readings.map(({ isAnonymous }) => isAnonymous)).toEqual([true, false, true])
  await readings[2]?.answer()
  await readings[1]?.answer()
  expect(shownText()).toBe('server 1')
  find('save-support').click()
  await flushPromises()
  expect(saved()).toEqual({ text: 'server 1' })
})

it('nothing can be saved until the text is that of the box', async () => {
  const { readings, tick } = shown()
  expect(canSave()).toBe(false)
  await readings[0]?.answer()
  expect(canSave()).toBe(true)
  await tick()
  expect([shownText(), canSave()]).toEqual(['', false])
  await readings[1]?.answer()
  expect([shownText(), canSave()]).toEqual(['Vienna', true])
})

it('a reading that fails says so, and the next one takes that back', async () => {
  const { readings, tick } = shown()
  await readings[0]?.fail()
  expect([document.body.textContent.includes('It failed'), canSave()]).toEqual([true, false])
  await tick()
  expect(document.body.textContent).not.toContain('It failed')
  await readings[1]?.answer()
  expect(canSave()).toBe(true)
})
