import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { languages } from '../../src-contract/messages/languages.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'
import { CELLS } from '../../src-contract/monitoring.ts'
import type { Messages } from '../../src-contract/messages/messages.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import App from '../../src-renderer/app/App.vue'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useServerDialogs } from '../../src-renderer/servers/server-dialogs.ts'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import { speak } from '../../src-renderer/text/t.ts'
import { useNavigation, VIEWS, type View } from '../../src-renderer/ui/navigation.ts'
import { detail, row, server, show, stubBridge, task } from './support.ts'

afterEach(() => speak('en', []))
beforeEach(() => {
  const nothing = (): void => undefined
  // A time that stands: what is written must not be a minute older when it is compared.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: nothing, removeEventListener: nothing }))
})

/** The messages of a language, split at their placeholders. Those with hardly a word of their own say nothing. */
function formsOf(messages: Messages): string[] {
  return Object.values(messages).flatMap((inner) => (typeof inner === 'string' ? inner.split(' | ') : formsOf(inner)))
}
/** Including the components' own texts. */
const ENGLISH = [...formsOf(languages['en'] ?? {}), 'Please Select', 'Please Input', 'No Data']
const GERMAN = formsOf(languages['de'] ?? {})

/** A number of something is not a word: “Width of Server” is not “{count} Server”. */
const VALUE: Readonly<Record<string, string>> = { '{count}': '[\\d.,]+' }

/** What the messages of a language look like that the other one does not have. */
function patternsOf(own: readonly string[], other: readonly string[]): readonly { form: string; pattern: RegExp }[] {
  const others = new Set(other)
  return own
    .filter((form) => !others.has(form) && /\p{L}{3}/u.test(form.replace(/\{\w+\}/g, '')))
    .map((form) => ({
      form,
      pattern: new RegExp(
        `^${form
          .split(/(\{\w+\})/)
          .map((part) => VALUE[part] ?? (part.startsWith('{') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
          .join('')}$`,
        's',
      ),
    }))
}
const englishPatterns = patternsOf(ENGLISH, GERMAN)
const germanPatterns = patternsOf(GERMAN, ENGLISH)

/** The text on the page, and the accessible texts of its parts. */
function written(): string[] {
  const texts: string[] = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
    if (node.parentElement?.closest('style, script') === null) texts.push(node.textContent ?? '')
  for (const element of document.body.querySelectorAll('*'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'])
      texts.push(element.getAttribute(name) ?? '')
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))]
}

const saidIn = (texts: readonly string[], patterns: typeof englishPatterns): string[] =>
  texts.flatMap((text) => patterns.filter(({ pattern }) => pattern.test(text)).map(({ form }) => `${text} (${form})`))
const englishIn = (texts: readonly string[]): string[] => saidIn(texts, englishPatterns)

/** The whole application, on a computer whose system asks for German, with one of everything. */
async function openWindow(): Promise<void> {
  const now = Date.now()
  const away = {
    ...server().reach,
    state: 'unreachable' as const,
    since: now,
    error: { code: 'net.unreachable' as const, message: message('errors.network.refused', { host: 'muc' }) },
  }
  const empty = Array.from({ length: CELLS }, () => null)
  stubBridge({
    'app:info': () => ({
      version: '1',
      runtime: 'x',
      isDemo: true,
      platform: 'linux',
      systemLanguages: ['de-AT', 'en'],
      isReadOnly: true,
      storageProblem: message('errors.storage.place.full'),
    }),
    'settings:get': () => defaultSettings,
    'settings:set': (change) => ({ ...defaultSettings, ...(change as Partial<Settings>) }),
    'vault:state': () => 'locked',
    'servers:list': () => [
      server({ environment: 'production', isPaused: true, isReadOnly: true }),
      server({ id: 's2', name: 'Munich', reach: away }),
      server({
        id: 's3',
        name: 'Graz',
        access: { state: 'blocked', reason: 'captcha', since: now, attempts: 1, nextAttemptAt: 0, loginUrl: null },
      }),
    ],
    'synchronizations:list': () => ({
      sequence: 0,
      rows: JSON.stringify([
        row({ issuesInError: 3, health: 'error', reason: message('synchronizations.reasons.inError', { count: 3 }) }),
        row({ key: 'INT-3', serverId: 's2', health: 'stopped', state: message('synchronizations.states.stopped') }),
        row({ key: 'INT-4', kind: 'distributed', role: 'primary', since: now - 3_600_000 }),
      ]),
    }),
    'synchronizations:detail': () => detail({ kind: 'distributed', role: 'primary' }),
    'conflicts:list': () => ({
      sequence: 0,
      conflicts: [null, now].map((goneAt, index) => ({
        serverId: 's1',
        key: 'INT-2',
        identity: `${index}`,
        connectorKey: 'AP-29',
        kind: '',
        severity: '',
        field: '',
        message: '',
        firstSeenAt: now,
        lastSeenAt: now,
        goneAt,
        seenAt: null,
      })),
    }),
    'tasks:list': () => [
      task({ message: message('tasks.told.reading') }),
      task({ id: 't2', state: 'ended', outcome: 'failed', failure: message('tasks.told.noLongerKnown'), endedAt: now }),
    ],
    'notifications:list': () => [
      {
        id: 1,
        at: now,
        kind: 'stopped',
        tone: 'bad',
        title: message('notifications.alarms.stopped', { key: 'INT-3' }),
        text: message('notifications.alarms.shownFrom', { time: { at: now } }),
        items: [],
        jobId: null,
        isRead: false,
      },
    ],
    'history:counts': () => ({ error: empty, attention: empty }),
    'history:timeline': () => ({ transitions: [], keptSince: 0 }),
    'conflicts:answer': () => ({ json: null, readAt: null, problem: null }),
    'audit:list': () => [
      {
        id: 1,
        at: now,
        serverId: 's1',
        serverName: 'Vienna',
        user: 'admin',
        method: 'PUT',
        address: 'https://jira.example/api',
        object: 'INT-2',
        action: message('activity.actions.stop'),
        body: '',
        outcome: 'lost',
        details: foreign('x'),
      },
    ],
  })
  show(App, {})
  await flushPromises()
}

async function go(view: View): Promise<string[]> {
  useNavigation().view = view
  await flushPromises()
  return written()
}

it.each(VIEWS)(
  'on a German system nothing of %s is English, and a language that is chosen there replaces all words at once',
  async (view) => {
    await openWindow()
    const texts = await go(view)
    expect(texts.length).toBeGreaterThan(30)
    expect(englishIn(texts)).toEqual([])
    await useSettings().set({ language: 'en' })
    await flushPromises()
    expect(document.documentElement.lang).toBe('en')
    const asEnglish = written()
    expect(englishIn(asEnglish).length).toBeGreaterThan(20)
    expect(saidIn(asEnglish, germanPatterns)).toEqual([])
    await useSettings().set({ language: 'de' })
    await flushPromises()
    expect(written()).toEqual(texts)
  },
)

it('nothing of a panel, of its tabs and of the server’s form is English', async () => {
  await openWindow()
  useOpenPanels().show({ serverId: 's1', key: 'INT-4' })
  await flushPromises()
  expect(englishIn(written())).toEqual([])
  const tabs = [...document.querySelectorAll<HTMLElement>('[data-test=panel] [role=tab]')]
  expect(tabs.length).toBeGreaterThan(3)
  for (const tab of tabs) {
    tab.click()
    await flushPromises()
    expect(englishIn(written()), tab.textContent ?? '').toEqual([])
  }
  useServerDialogs().add()
  await flushPromises()
  expect(written()).toContain('Jira-Server hinzufügen')
  expect(englishIn(written())).toEqual([])
})
