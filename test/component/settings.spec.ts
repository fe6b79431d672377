import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
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

describe('what is looked for in the settings', () => {
  async function searched(text: string) {
    stubBridge({
      'storage:info': () => new Promise(() => undefined),
      'settings:set': (change) => ({ ...defaultSettings, ...(change as Partial<Settings>) }),
    })
    const view = show(SettingsView, {})
    await useSettings().set({ proxyMode: 'manual', proxyUser: 'p' })
    await view.get('[data-test=settings-search] input').setValue(text)
    await flushPromises()
    const isAway = (element: Element): boolean =>
      element instanceof HTMLElement &&
      (element.style.display === 'none' || (element.parentElement !== null && isAway(element.parentElement)))
    return {
      view,
      settings: () =>
        view
          .findAll('[data-test^=setting-]')
          .filter(({ element }) => !isAway(element))
          .map((one) => one.attributes('data-test')?.replace('setting-', '')),
      sections: () => view.findAll('[data-test=settings-section]').map((one) => one.text()),
    }
  }

  it.each<[string, string[], string[]]>([
    [
      'CONFLICTS',
      ['detailIntervalSeconds', 'notifyConflicts', 'goneConflictDays'],
      ['Reading the servers', 'Notifications', 'How long data is kept'],
    ],
    ['read details', ['detailIntervalSeconds'], ['Reading the servers']],
    ['network user', ['proxyUser'], ['Network']],
    ['dark', ['appearance'], ['Appearance']],
    ['support bundle', [], ['Data on this computer']],
    ['copies of state.db', [], ['Data on this computer']],
  ])('is found by the words of settings, their choices and their section: %s', async (text, settings, sections) => {
    const found = await searched(text)
    expect([found.settings(), found.sections()]).toEqual([settings, sections])
  })

  it('says so if nothing matches, and all are back without it', async () => {
    const { view, settings, sections } = await searched('nowhere at all')
    expect([settings(), sections()]).toEqual([[], []])
    expect(view.get('[data-test=settings-none]').text()).toContain('nowhere at all')
    await view.get('[data-test=settings-search] input').setValue(' ')
    await flushPromises()
    expect(settings().length).toBeGreaterThan(20)
    expect(sections()).toHaveLength(6)
    expect(view.find('[data-test=settings-none]').exists()).toBe(false)
  })
})
