import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { expect, it } from 'vitest'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import SettingsView from '../../src-renderer/settings/SettingsView.vue'
import { show, stubBridge } from './support.ts'

/** A main process whose answers come when they are let go. */
function slowMain() {
  let stored: Settings = defaultSettings
  const waiting: (() => void)[] = []
  const asked = stubBridge({
    'settings:set': (change) =>
      new Promise<Settings>((resolve) => {
        stored = { ...stored, ...(change as Partial<Settings>) }
        const answer = stored
        waiting.push(() => resolve(answer))
      }),
  })
  const answerNext = async (): Promise<void> => {
    waiting.shift()?.()
    await flushPromises()
  }
  return { asked, answerNext }
}

it('a second click undoes the first, however slow main is', async () => {
  const { asked, answerNext } = slowMain()
  const view = show(SettingsView, {})
  const box = view.get('[data-test=setting-closeToTray]')
  const set = (): unknown[] => asked.filter(({ channel }) => channel === 'settings:set').map(({ args }) => args)
  await box.trigger('click')
  expect(box.attributes('aria-checked')).toBe('true')
  await box.trigger('click')
  expect(box.attributes('aria-checked')).toBe('false')
  expect(set()).toEqual([{ closeToTray: true }, { closeToTray: false }])
  await answerNext()
  expect(box.attributes('aria-checked'), 'the answer to the first is no news').toBe('false')
  await answerNext()
  expect(box.attributes('aria-checked')).toBe('false')
})

it('a flag that cannot be stored is taken back, and a number only shown once it was found good', async () => {
  setActivePinia(createPinia())
  stubBridge({
    'settings:set': () => Promise.reject(Object.assign(new Error('x'), { code: 'storage.failed', message: 'x' })),
  })
  const settings = useSettings()
  const setting = settings.set({ closeToTray: true, requestsPerServer: 9 })
  expect(settings.current).toMatchObject({ closeToTray: true, requestsPerServer: defaultSettings.requestsPerServer })
  await expect(setting).rejects.toBeDefined()
  expect(settings.current).toEqual(defaultSettings)
})
