import { config, flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_CONFLICTS, type Conflict } from '../../src-contract/conflicts.ts'
import ConflictsView from '../../src-renderer/conflicts/ConflictsView.vue'
import { useConflicts } from '../../src-renderer/conflicts/conflicts.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { speak, t } from '../../src-renderer/text/t.ts'
import { useUndo } from '../../src-renderer/ui/undo.ts'
import { conflict, row, server, show, stubBridge } from './support.ts'

config.global.stubs = { transition: false }
let shown: ReturnType<typeof show> | undefined
afterEach(() => {
  shown?.unmount()
  speak('en', [])
})

it('of which the server has more than are listed say how many, in their panel and in the list of all', async () => {
  const many = Array.from({ length: MAX_CONFLICTS }, (_, index) => conflict(`c${index}`))
  const note = async (conflictCount: number, props: object, conflicts = many): Promise<string | null> => {
    const { wrapper } = await view(props, conflicts)
    useSynchronizations().replace([row({ conflictCount })])
    await flushPromises()
    const found = wrapper.find('[data-test=conflicts-not-listed]')
    const text = found.exists() ? found.text() : null
    wrapper.unmount()
    return text
  }
  const target = { serverId: 's1', key: 'INT-2' }
  const words = '50 more conflicts are not listed here.'
  expect(await note(MAX_CONFLICTS + 50, {})).toBe(words)
  expect(await note(MAX_CONFLICTS + 50, { target })).toBe(words)
  expect(await note(MAX_CONFLICTS + 50, { target: { ...target, key: 'INT-3' } })).toBeNull()
  expect(await note(MAX_CONFLICTS, {})).toBeNull()
  expect(await note(MAX_CONFLICTS + 50, {}, many.slice(1)), 'while they are on their way').toBeNull()
})

const all = [
  conflict('new'),
  conflict('known', { seenAt: 5 }),
  conflict('gone', { goneAt: 5 }),
  conflict('elsewhere', { key: 'INT-9' }),
]

async function view(props: object = {}, conflicts = all, answers: Parameters<typeof stubBridge>[0] = {}) {
  const asked = stubBridge({
    'conflicts:export': () => ({ path: null }),
    'conflicts:mark-seen': () => ({ seenAt: 1, marked: [] }),
    ...answers,
  })
  const wrapper = show(ConflictsView, props, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row(), row({ key: 'INT-9', summary: 'Stock' })])
    useConflicts().replace(conflicts)
  })
  shown = wrapper
  await flushPromises()
  const cellOf = (column: string) => wrapper.findAll(`[data-test=conflict] .${column}`).map((cell) => cell.text())
  return {
    asked,
    wrapper,
    messages: () => cellOf('message bdi:first-child'),
    groups: () => wrapper.findAll('[data-test=conflict-group] bdi').map((label) => label.text()),
    whose: () => cellOf('whose'),
    headers: () => wrapper.findAll('[role=columnheader]').map((cell) => cell.text()),
    list: () => wrapper.get('[data-test=conflict-list]'),
    text: (name: string) => wrapper.get(`[data-test=${name}]`).text(),
    isDisabled: (name: string) => wrapper.get(`[data-test=${name}]`).attributes('disabled') !== undefined,
    search: (words: string) => wrapper.get('[data-test=conflict-filter] input').setValue(words),
    press: (key: string) => wrapper.get('[data-test=conflict-list]').trigger('keydown', { key }),
    identitiesSent: (channel: string) =>
      asked
        .filter((one) => one.channel === channel)
        .map(({ args }) => (args as { conflicts: Conflict[] }).conflicts.map(({ identity }) => identity)),
  }
}

describe('the conflicts of all servers', () => {
  it('are shown by synchronization, without those that are gone', async () => {
    const { messages, groups, whose, headers, text } = await view()
    expect(messages()).toEqual(['new', 'known', 'elsewhere'])
    expect(groups()).toEqual(['INT-2 · Vienna · Agile Project <> Project B'])
    expect(whose()).toEqual(['INT-9 · Vienna · Stock'])
    expect(headers()).toEqual(['State', 'Message', 'Kind', 'Since'])
    expect(text('conflict-count')).toBe('3 of 4')
  })

  it('are grouped otherwise by a menu that says how they are grouped now', async () => {
    const { groups, wrapper } = await view()
    const button = wrapper.get('[data-test=conflict-grouping]')
    expect(button.attributes('aria-label')).toBe('Grouping: By synchronization')
    expect([button.attributes('aria-haspopup'), button.attributes('aria-expanded')]).toEqual(['menu', 'false'])
    await button.trigger('click')
    expect(button.attributes('aria-expanded')).toBe('true')
    const entries = [...document.querySelectorAll<HTMLElement>('[role=menuitemradio]')]
    expect(entries.map((entry) => entry.getAttribute('aria-checked'))).toEqual(['true', ...Array(4).fill('false')])
    entries[1]?.click()
    await flushPromises()
    expect([groups(), button.attributes('aria-label')]).toEqual([['Vienna'], 'Grouping: By server'])
  })

  it('of a group are hidden and shown by its head', async () => {
    const { messages, wrapper } = await view()
    const head = () => wrapper.get('[data-test=conflict-group]')
    expect(head().attributes('aria-expanded')).toBe('true')
    await head().trigger('click')
    expect([head().attributes('aria-expanded'), messages()]).toEqual(['false', ['elsewhere']])
    await head().trigger('click')
    expect(messages()).toHaveLength(3)
  })

  it('that are marked as seen or exported are those that are found, no others', async () => {
    const { search, press, identitiesSent, wrapper, isDisabled } = await view()
    await search('agile')
    await wrapper.get('[data-test=mark-seen]').trigger('click')
    await wrapper.get('[data-test=conflicts-csv]').trigger('click')
    await flushPromises()
    expect(identitiesSent('conflicts:mark-seen')).toEqual([['new']])
    expect(identitiesSent('conflicts:export')).toEqual([['new', 'known']])
    await press('Home')
    await search('nowhere')
    expect(['mark-seen', 'conflicts-csv', 'conflicts-json'].map(isDisabled)).toEqual([true, true, true])
    expect(wrapper.text()).toContain(t('conflicts.none.matching'))
  })

  it('are marked as seen one by one, by group or all, and that can be undone for exactly those', async () => {
    const { wrapper, press, identitiesSent, asked } = await view({}, all, {
      'conflicts:mark-seen': ({ conflicts }) => ({ seenAt: 7, marked: conflicts.slice(0, 1) }),
      'conflicts:mark-new': () => ({ count: 1 }),
    })
    await wrapper.get('[data-test=mark-group-seen]').trigger('click')
    await press('s')
    await press('ArrowDown')
    await press('s')
    await wrapper.get('[data-test=mark-seen]').trigger('click')
    await flushPromises()
    expect(identitiesSent('conflicts:mark-seen')).toEqual([['new'], ['new'], ['new'], ['new', 'elsewhere']])
    expect(useUndo().offer?.words).toBe('Marked a conflict of INT-2 as seen.')
    await useUndo().undo()
    const marked = [{ serverId: 's1', key: 'INT-2', identity: 'new' }]
    expect(asked.at(-1)).toEqual({ channel: 'conflicts:mark-new', args: { seenAt: 7, conflicts: marked } })
  })

  it('are gone through with the keyboard, across heads and rows, and stay in the list', async () => {
    const { list, press, wrapper, messages } = await view()
    const active = () => wrapper.get(`#${CSS.escape(list().attributes('aria-activedescendant') ?? '')}`)
    expect(active().attributes('data-test')).toBe('conflict-group')
    await press('ArrowUp')
    await press('ArrowDown')
    expect(active().get('.message bdi').text()).toBe('new')
    await press('End')
    expect(active().get('.message bdi').text()).toBe('elsewhere')
    await press('ArrowDown')
    expect(active().get('.message bdi').text()).toBe('elsewhere')
    await press('Home')
    await press('Enter')
    expect(messages()).toEqual(['elsewhere'])
  })

  it('that go while the cursor is on them leave it on what is there', async () => {
    const { list, press, wrapper } = await view()
    await press('End')
    useConflicts().apply({ put: [], removed: [{ serverId: 's1', key: 'INT-9', identity: 'elsewhere' }] })
    await flushPromises()
    const active = wrapper.get(`#${CSS.escape(list().attributes('aria-activedescendant') ?? '')}`)
    expect(active.get('.message').text()).toBe('known')
  })
})

it('the conflicts of one synchronization are its own, without groups, names or the search for them', async () => {
  const { messages, groups, headers, text, wrapper } = await view({ target: { serverId: 's1', key: 'INT-2' } })
  expect([messages(), groups()]).toEqual([['new', 'known'], []])
  expect(headers()).toEqual(['State', 'Message', 'Kind', 'Since'])
  expect(text('conflict-count')).toBe('2 conflicts')
  expect(wrapper.find('[data-test=conflict-grouping]').exists()).toBe(false)
})

it('without a message, the field says what a conflict is about', async () => {
  const { messages } = await view({ target: { serverId: 's1', key: 'INT-2' } }, [
    conflict('a', { message: '', field: 'Priority' }),
    conflict('b', { message: '' }),
  ])
  expect(messages()).toEqual(['Priority', t('conflicts.row.withoutMessage')])
})

it('kinds and severities are in the user’s language; those that nobody translated are spelled out', async () => {
  speak('de', ['de'])
  const kinds = ['fieldMapping', 'issueType', 'workflow', 'permission', 'queueTarget']
  const severities = ['ERROR', 'WARNING', 'INFO', 'error', 'BLOCKER']
  const { wrapper, messages, search } = await view(
    {},
    kinds.map((kind, index) => conflict(kind, { key: `INT-${index + 2}`, kind, severity: severities[index] ?? '' })),
  )
  const cells = wrapper.findAll('[data-test=conflict] .kind')
  expect(cells.map((cell) => [cell.text(), cell.attributes('title')])).toEqual([
    ['Feldzuordnung', 'Fehler'],
    ['Vorgangstyp', 'Warnung'],
    ['Workflow', 'Hinweis'],
    ['Berechtigung', 'Fehler'],
    ['Queue target', 'BLOCKER'],
  ])
  await search('vorgangst')
  expect(messages()).toEqual(['issueType'])
})
