import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { NO_NOTE } from '../../src-contract/noted.ts'
import { savedViewSchema } from '../../src-contract/saved-views.ts'
import NoteDialog from '../../src-renderer/notes/NoteDialog.vue'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import NoteSection from '../../src-renderer/notes/NoteSection.vue'
import TagsDialog from '../../src-renderer/notes/TagsDialog.vue'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { isHead } from '../../src-renderer/table/group-rows.ts'
import { followTag } from '../../src-renderer/table/follow-tag.ts'
import SynchronizationsView from '../../src-renderer/table/SynchronizationsView.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { useUndo } from '../../src-renderer/ui/undo.ts'
import { row, server, show, stubBridge, type } from './support.ts'

const note = { ...NO_NOTE, owner: 'Team Blue', runbook: 'https://wiki.example/hub', text: 'Call before\nrestarting' }
const rows = [
  row({ key: 'INT-1', tags: ['night shift', 'acme'] }),
  row({ key: 'INT-2', tags: ['night shift'], note }),
  row({ key: 'INT-3' }),
  row({ serverId: 's2', key: 'INT-9' }),
]
const fill = (): void => {
  useServers().replace([
    server(),
    server({ id: 's2', name: 'Munich', tags: ['acme'], note: { ...NO_NOTE, contact: 'ops@partner.example' } }),
  ])
  useSynchronizations().replace(rows)
  useTableView().sort = { column: 'key', isDescending: false }
}
const keys = (): string[] => useTableView().visible.map(({ key }) => key)
const find = <T extends HTMLElement>(name: string): T | null => document.querySelector<T>(`[data-test="${name}"]`)
async function click(name: string): Promise<void> {
  find(name)?.click()
  await flushPromises()
}

describe('in the table', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
    stubBridge()
    fill()
  })

  it.each<[string, string[]]>([
    ['tag:acme', ['INT-1', 'INT-9']],
    ['tag:ACME', ['INT-1', 'INT-9']],
    ['tag:"night shift"', ['INT-1', 'INT-2']],
    ['tag:night-shift', ['INT-1', 'INT-2']],
    ['tag:acme tag:night-shift', ['INT-1', 'INT-2', 'INT-9']],
    ['-tag:acme', ['INT-2', 'INT-3']],
    ['acme', ['INT-1', 'INT-9']],
    ['blue', ['INT-2']],
    ['wiki.example/hub', ['INT-2']],
    ['restarting', ['INT-2']],
    ['ops@partner', ['INT-9']],
  ])('%s finds %j, by a server’s tags and notes as well', (text, expected) => {
    useTableView().listFilter.type(text)
    expect(keys()).toEqual(expected)
  })

  it('the facet counts the rows of each tag, and is not there while nothing is tagged', () => {
    const { listFilter } = useTableView()
    const values = () =>
      listFilter.rules
        .facets(listFilter.conditions)
        .flatMap(({ groups }) => groups)
        .find(({ field }) => field === 'tag')
        ?.values.map(({ label }) => label)
    expect(values()?.map((tag) => [tag, listFilter.countOf('tag', tag)])).toEqual([
      ['acme', 2],
      ['night shift', 2],
    ])
    listFilter.add({ field: 'tag', value: 'acme', isNegated: false })
    useServers().replace([server(), server({ id: 's2', name: 'Munich' })])
    useSynchronizations().replace([row({ key: 'INT-1' })])
    // A selected value is still shown, so that it can be removed.
    expect(values()).toEqual(['acme'])
    listFilter.clear()
    expect(values()).toBeUndefined()
  })

  it('rows are sorted by their tags, those without any last', () => {
    useTableView().sortBy('tags')
    expect(keys()).toEqual(['INT-9', 'INT-1', 'INT-2', 'INT-3'])
  })

  it('rows are grouped by all of their tags, each row once', () => {
    useTableView().groupBy = 'tag'
    expect(useTableView().items.map((item) => (isHead(item) ? `[${item.title}]` : item.key))).toEqual([
      '[acme]',
      'INT-9',
      '[acme, night shift]',
      'INT-1',
      '[night shift]',
      'INT-2',
      '[No tag]',
      'INT-3',
    ])
  })

  it('a saved view keeps the tags that it filters by, and its column and groups', () => {
    const view = useTableView()
    view.listFilter.add({ field: 'tag', value: 'acme', isNegated: true })
    view.groupBy = 'tag'
    const stored = { name: 'Without Acme', filter: view.filter, layout: { columns: ['tags'], widths: { tags: 120 } } }
    const read = v.parse(savedViewSchema, JSON.parse(JSON.stringify(stored)))
    view.clearFilters()
    view.filter = read.filter
    expect(keys()).toEqual(['INT-2', 'INT-3'])
    expect([view.groupBy, read.layout?.columns]).toEqual(['tag', ['tags']])
  })
})

describe('a selection', () => {
  it('is tagged from the bar’s menu, whole and at once', async () => {
    const asked = stubBridge({ 'notes:tag': ({ changes }) => ({ changes }) })
    show(SynchronizationsView, {}, fill)
    useTableView().selectAllVisible(true)
    await flushPromises()
    await click('bulk-more')
    const entry = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(({ textContent }) =>
      textContent.includes('Tags of 4 selected…'),
    )
    entry?.click()
    await flushPromises()
    await type('Add a tag', 'audit 2027, vip')
    await click('save-tags')
    const targets = rows.map(({ serverId, key }) => ({ serverId, key }))
    expect(asked.filter(({ channel }) => channel === 'notes:tag')).toEqual([
      {
        channel: 'notes:tag',
        args: {
          changes: [
            { tag: 'audit 2027', isOn: true, targets },
            { tag: 'vip', isOn: true, targets },
          ],
        },
      },
    ])
    expect(find('tags-dialog')).toBeNull()
  })

  it('is exported as it is sorted, from the bar’s menu or the palette', async () => {
    const asked = stubBridge({ 'synchronizations:export': () => ({ path: null }) })
    show(SynchronizationsView, {}, fill)
    const run = async (title: string): Promise<unknown> => {
      await flushPromises()
      await useCommandRegistry()
        .all.find((command) => command.title === title)
        ?.run?.()
      return asked.at(-1)?.args
    }
    expect(await run('Export 4 as CSV…')).toMatchObject({
      format: 'csv',
      targets: [{}, {}, {}, { serverId: 's2', key: 'INT-9' }],
    })
    useTableView().toggle('s1 INT-2')
    expect(await run('Export INT-2 as JSON…')).toEqual({ format: 'json', targets: [{ serverId: 's1', key: 'INT-2' }] })
  })

  it('shows which tags all, some or none of it have, and leaves alone what nobody decided', async () => {
    const asked = stubBridge({ 'notes:tag': ({ changes }) => ({ changes }) })
    const chosen = rows.slice(0, 2)
    show(TagsDialog, { rows: chosen, follow: followTag }, fill)
    await flushPromises()
    const state = (tag: string) =>
      [...document.querySelectorAll('[role=checkbox]')]
        .find(({ textContent }) => textContent.toLowerCase().includes(tag))
        ?.getAttribute('aria-checked')
    expect([state('night shift'), state('acme')]).toEqual(['true', 'mixed'])
    expect(find('tags-dialog')?.textContent).toContain('1 of 2')
    await click('tag-acme')
    await click('save-tags')
    expect(asked.at(-1)?.args).toMatchObject({ changes: [{ tag: 'acme', isOn: true }] })
    expect((asked.at(-1)?.args as { changes: unknown[] }).changes).toHaveLength(1)
  })

  it('that cannot be tagged so keeps the dialog, and says why', async () => {
    stubBridge({
      'notes:tag': () => {
        throw { code: 'input.invalid', message: 'One of these already has 20 tags.' }
      },
    })
    show(TagsDialog, { rows, follow: followTag }, fill)
    await type('Add a tag', 'vip')
    await click('save-tags')
    expect(find('tags-dialog')?.textContent).toContain('One of these already has 20 tags.')
  })

  it('what was changed of it can be undone, exactly that', async () => {
    const asked = stubBridge({
      'notes:tag': ({ changes }) => ({
        changes: changes.map((change) => ({ ...change, targets: change.targets.slice(0, 1) })),
      }),
    })
    show(TagsDialog, { rows, follow: followTag }, fill)
    await type('Add a tag', 'vip')
    await click('save-tags')
    expect(useUndo().offer?.words).toBe('Tagged INT-1 with “vip”')
    await useUndo().undo()
    expect(asked.at(-1)?.args).toEqual({
      changes: [{ tag: 'vip', isOn: false, targets: [{ serverId: 's1', key: 'INT-1' }] }],
    })
  })
})

describe('a tag', () => {
  const changes = [
    { tag: 'acme', isOn: false, targets: [{ serverId: 's1', key: 'INT-1' }] },
    { tag: 'Partner', isOn: true, targets: [{ serverId: 's1', key: 'INT-1' }] },
  ]
  const stub = () => {
    let settings: Settings = defaultSettings
    return stubBridge({
      'notes:rename-tag': () => ({ changes }),
      'notes:tag': (args) => args,
      'settings:set': (change) => (settings = { ...settings, ...(change as Partial<Settings>) }),
    })
  }
  const open = async () => {
    show(SynchronizationsView, {}, fill)
    await flushPromises()
    await useCommandRegistry()
      .all.find(({ title }) => title === 'Rename a tag…')
      ?.run?.()
    await flushPromises()
  }

  it('is renamed wherever it is by one request, which can be undone', async () => {
    const asked = stub()
    await open()
    expect(find<HTMLSelectElement>('tag-to-rename')?.value).toBe('acme')
    expect(find('rename-tag')?.textContent).toContain('on 1 synchronization and 1 server')
    expect(find<HTMLButtonElement>('confirm-rename-tag')?.disabled).toBe(true)
    await type('New name', ' Partner ')
    await click('confirm-rename-tag')
    expect(asked.filter(({ channel }) => channel.startsWith('notes:'))).toEqual([
      { channel: 'notes:rename-tag', args: { from: 'acme', to: 'Partner' } },
    ])
    expect(find('rename-tag')).toBeNull()
    expect(useUndo().offer?.words).toBe('Renamed the tag “acme” to “Partner”')
    await useUndo().undo()
    expect(asked.at(-1)?.args).toEqual({
      changes: changes.toReversed().map((change) => ({ ...change, isOn: !change.isOn })),
    })
  })

  it('is followed by what is filtered by it, shown or saved, and back', async () => {
    stub()
    await open()
    const view = useTableView()
    const tags = (...names: string[]) => names.map((value) => ({ field: 'tag' as const, value, isNegated: false }))
    view.conditions = tags('acme', 'night shift')
    const saved = { name: 'Acme', filter: { ...view.filter, conditions: tags('Partner', 'acme') } }
    await useSettings().set({ savedViews: [saved, { name: 'All', filter: { ...view.filter, conditions: undefined } }] })
    await type('New name', 'Partner')
    await click('confirm-rename-tag')
    expect(view.conditions).toEqual(tags('Partner', 'night shift'))
    expect(useSettings().current.savedViews[0]?.filter.conditions).toEqual(tags('Partner'))
    view.conditions = tags('vip')
    await useUndo().undo()
    expect(view.conditions, 'changed since then').toEqual(tags('vip'))
    expect(useSettings().current.savedViews[0]).toEqual(saved)
  })

  it('is renamed from the list of tags too; that it becomes one with another is said before', async () => {
    const asked = stub()
    show(TagsDialog, { rows, follow: followTag }, fill)
    await flushPromises()
    await click('rename-night shift')
    await type('New name', 'ACME')
    expect(find('rename-tag')?.textContent).toContain('There is a tag “acme” already: both become one.')
    await type('New name', 'a,b')
    await click('confirm-rename-tag')
    expect(document.querySelector('[role=alert]')?.textContent).toBe(
      'A tag cannot contain quotes, commas or semicolons',
    )
    expect(asked).toEqual([])
    // Another spelling of the tag itself is not another tag.
    await type('New name', 'Night Shift')
    expect(find('rename-tag')?.textContent).not.toContain('already')
  })
})

describe('in the panel', () => {
  const open = (more: Partial<Parameters<typeof row>[0]> = {}, ofServer: Parameters<typeof server>[0] = {}) =>
    show(NoteSection, { row: row({ key: 'INT-1', ...more }), server: server(ofServer) }, fill)

  it('tags are added by Enter or a comma, and taken away one by one', async () => {
    const asked = stubBridge({ 'notes:tag': ({ changes }) => ({ changes }) })
    open({ tags: ['acme'] })
    await type('Add a tag', 'vip')
    document
      .querySelector('[data-test=tag-field]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    await flushPromises()
    await type('Add a tag', 'night shift,')
    document.querySelector<HTMLElement>('[aria-label="Remove the tag acme"]')?.click()
    await flushPromises()
    const targets = [{ serverId: 's1', key: 'INT-1' }]
    expect(asked.map(({ args }) => (args as { changes: unknown[] }).changes)).toEqual([
      [{ tag: 'vip', isOn: true, targets }],
      [{ tag: 'night shift', isOn: true, targets }],
      [{ tag: 'acme', isOn: false, targets }],
    ])
  })

  it('an invalid one is reported at the field, and what was typed stays', async () => {
    const asked = stubBridge()
    open()
    await type('Add a tag', `${'x'.repeat(41)},`)
    expect(document.querySelector('[role=alert]')?.textContent).toBe('A tag can have at most 40 characters')
    expect(document.querySelector<HTMLInputElement>('[data-test=tag-field]')?.value).toBe(`${'x'.repeat(41)},`)
    expect(asked).toEqual([])
  })

  it('the server’s tags and note are shown beside its own, and not as its own', async () => {
    stubBridge()
    open({ tags: ['Acme'], note }, { tags: ['acme', 'hub'], note: { ...NO_NOTE, owner: 'Platform' } })
    expect([...document.querySelectorAll('[data-test=tag] bdi')].map(({ textContent }) => textContent)).toEqual([
      'Acme',
    ])
    expect([...document.querySelectorAll('[data-test=server-tag] bdi')].map(({ textContent }) => textContent)).toEqual([
      'hub',
    ])
    expect(find('note')?.textContent).toContain('Team Blue')
    expect(find('server-note')?.textContent).toContain('Platform')
  })

  it('the runbook is opened by the main process, which knows its address', async () => {
    const asked = stubBridge()
    open({ note })
    await click('open-runbook')
    expect(asked).toEqual([{ channel: 'notes:open-runbook', args: { target: { serverId: 's1', key: 'INT-1' } } }])
  })
})

describe('the dialog', () => {
  const open = () =>
    show(NoteDialog, { target: { serverId: 's1', key: 'INT-2' }, name: 'INT-2', tags: ['acme'], note }, fill)

  it('saves tags and note together, what is still being typed among them; both can be undone', async () => {
    const asked = stubBridge({ 'notes:tag': ({ changes }) => ({ changes }) })
    open()
    await type('Add a tag', 'vip')
    await type('Owner', ' Team Red ')
    await click('save-note')
    const target = { serverId: 's1', key: 'INT-2' }
    const written = { ...note, owner: 'Team Red' }
    expect(asked).toEqual([
      { channel: 'notes:tag', args: { changes: [{ tag: 'vip', isOn: true, targets: [target] }] } },
      { channel: 'notes:set', args: { target, note: written } },
    ])
    expect(useUndo().offer?.words).toBe('Changed the note on INT-2')
    useSynchronizations().replace([row({ key: 'INT-2', note: written })])
    await useUndo().undo()
    expect(asked.slice(2)).toEqual([
      { channel: 'notes:set', args: { target, note } },
      { channel: 'notes:tag', args: { changes: [{ tag: 'vip', isOn: false, targets: [target] }] } },
    ])
  })

  it('undoes nothing that somebody changed since then', async () => {
    const asked = stubBridge()
    open()
    await type('Owner', 'Team Red')
    await click('save-note')
    useSynchronizations().replace([row({ key: 'INT-2', note: { ...note, owner: 'Somebody else' } })])
    await useUndo().undo()
    expect(useUndo().refusal?.error.message).toBe('The note on INT-2 has been changed since then.')
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['ftp://wiki.example', 'The address must begin with https:// or http://'],
    [
      'https://anna:hunter2@wiki.example',
      'Take user and password out of the address: they would be stored and shown with it',
    ],
  ])('with the runbook %s says what is wrong, and saves nothing', async (runbook, words) => {
    const asked = stubBridge()
    open()
    await type('Runbook', runbook)
    await click('save-note')
    expect(document.querySelector('[role=alert]')?.textContent).toBe(words)
    expect(asked).toEqual([])
    await type('Runbook', 'https://wiki.example')
    expect(document.querySelector('[role=alert]')).toBeNull()
  })
})
