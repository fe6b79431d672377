import fc from 'fast-check'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { message } from '../../src-contract/messages/message.ts'
import { tableFilterSchema } from '../../src-contract/saved-views.ts'
import * as v from 'valibot'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { speak } from '../../src-renderer/text/t.ts'
import { troubleWords } from '../../src-renderer/ui/read-search.ts'
import { row, server, side } from './support.ts'

const rows = [
  row({ key: 'INT-1', first: side('AP-1', 'AP'), second: side('PB-1', 'PB', { user: 'Robot' }) }),
  row({ key: 'INT-2', first: side('APP-1', 'APP'), second: side('WEB-1', 'WEB'), health: 'error', issuesInError: 4 }),
  row({ key: 'INT-3', health: 'transition', state: message('synchronizations.states.handshake'), conflictCount: 2 }),
  row({ key: 'INT-4', kind: 'distributed', second: null, conflictCount: 3, newConflictCount: 1 }),
  row({ serverId: 's2', key: 'INT-9', summary: 'Payroll at night', first: side('HR-1', 'HR') }),
]

beforeEach(() => {
  setActivePinia(createPinia())
  useServers().replace([
    server({ name: 'Vienna test' }),
    server({ id: 's2', name: 'Vienna production', environment: 'production', baseUrl: 'https://hub.example' }),
  ])
  useSynchronizations().replace(rows)
})
afterEach(() => speak('en', []))

const visible = (): string[] =>
  useTableView()
    .visible.map(({ key }) => key)
    .sort()
const ALL = rows.map(({ key }) => key)
const troubles = (): string[] => {
  const { reading, rules } = useTableView().listFilter
  return reading.troubles.map((trouble) => troubleWords(trouble, rules))
}

describe('tokens in the search', () => {
  it.each<[string, string[]]>([
    ['state:broken', ['INT-2']],
    ['state:brok', ['INT-2']],
    ['state:error', ['INT-2']],
    ['STATE:"In transition"', ['INT-3']],
    ['state:in-transition', ['INT-3']],
    ['state:handshake', ['INT-3']],
    ['state:broken state:handshake', ['INT-2', 'INT-3']],
    ['-state:running', ['INT-2', 'INT-3']],
    ['-state:handshake', ['INT-1', 'INT-2', 'INT-4', 'INT-9']],
    ['server:vienna', ALL],
    ['server:"vienna production"', ['INT-9']],
    ['-server:production', ['INT-1', 'INT-2', 'INT-3', 'INT-4']],
    ['environment:production', ['INT-9']],
    ['server:"vienna test" -environment:test', []],
    ['kind:distributed', ['INT-4']],
    ['-kind:distributed', ['INT-1', 'INT-2', 'INT-3', 'INT-9']],
    ['project:ap', ['INT-1', 'INT-3', 'INT-4']],
    ['project:app', ['INT-2']],
    ['partner:web', ['INT-2']],
    ['partner:pb.example', ['INT-1', 'INT-3', 'INT-9']],
    ['user:robot', ['INT-1']],
    ['url:hub', ['INT-9']],
    ['url:https://app.example', ['INT-2']],
    ['has:errors', ['INT-2']],
    ['has:conflicts', ['INT-3', 'INT-4']],
    ['has:new', ['INT-4']],
    ['-has:conflicts', ['INT-1', 'INT-2', 'INT-9']],
    ['has:conflicts state:running', ['INT-4']],
    ['-payroll', ['INT-1', 'INT-2', 'INT-3', 'INT-4']],
    ['payroll night', ['INT-9']],
    ['"night payroll"', []],
    ['"payroll at"', ['INT-9']],
    ['-production -"agile project"', []],
  ])('%s', (text, keys) => {
    const view = useTableView()
    view.text = text
    expect(visible()).toEqual(keys)
    expect(troubles()).toEqual([])
    // The same once it is taken over, and once it was saved and shown again.
    view.listFilter.takeOver()
    expect(visible()).toEqual(keys)
    const saved = v.parse(tableFilterSchema, JSON.parse(JSON.stringify(view.filter)))
    expect(saved).toEqual(view.filter)
    view.clearFilters()
    expect(visible()).toEqual(ALL)
    view.filter = saved
    expect(visible()).toEqual(keys)
  })

  it.each<[string, string]>([
    [
      'state:foo',
      'State: there is no “foo”, so this filters nothing. There are: Broken, Needs attention, In transition',
    ],
    ['state:', '“state:” has no value, so it filters nothing. There are: Broken,'],
    ['server:graz', 'Server: there is no “graz”, so this filters nothing.'],
    ['project:A', 'Project: there is no “A”, so this filters nothing.'],
    ['user:nobody', 'Sync user: there is no “nobody”, so this filters nothing.'],
    [
      'has:luck',
      'Has: there is no “luck”, so this filters nothing. There are: Issues in error, Conflicts, New conflicts.',
    ],
  ])('%s is said not to be understood, hides nothing, and stays to be mended', (text, words) => {
    const view = useTableView()
    view.text = text
    expect(troubles()).toEqual([expect.stringContaining(words)])
    expect(visible()).toEqual(ALL)
    view.listFilter.takeOver()
    expect(view.text).toBe(text)
  })

  it('of a key that nobody knows are searched for as text, which is said', () => {
    const view = useTableView()
    view.text = 'colour:red'
    expect(troubles()).toEqual(['There is no “colour:”, so this is searched for as text.'])
    expect(visible()).toEqual([])
    // Who ends a word with a colon has typed no token.
    view.text = 'payroll:'
    expect(troubles()).toEqual([])
  })

  it('understand the words of the window, and English as well', () => {
    speak('de', [])
    const view = useTableView()
    view.text = 'zustand:gestört'
    expect(visible()).toEqual(['INT-2'])
    view.text = 'state:broken'
    expect(visible()).toEqual(['INT-2'])
    view.text = 'hat:konflikte -umgebung:test'
    expect(visible()).toEqual([])
    view.listFilter.takeOver()
    expect(view.filter.conditions).toEqual([
      { field: 'has', value: 'conflicts', isNegated: false },
      { field: 'environment', value: 'test', isNegated: true },
    ])
  })
})

describe('tokens and facets', () => {
  it('are one: what is typed is what the facet shows, and is taken away there', () => {
    const view = useTableView()
    view.text = 'state:broken -payroll kind:distributed server:production'
    view.listFilter.takeOver()
    expect(view.text).toBe('-payroll ')
    expect([view.states, view.kinds, view.serverIds, view.conditions]).toEqual([['error'], ['distributed'], ['s2'], []])
    view.listFilter.remove({ field: 'state', value: 'error', isNegated: false })
    expect(view.states).toEqual([])
  })

  it('cannot contradict each other: a condition takes the place of its opposite', () => {
    const view = useTableView()
    view.states = ['error', 'stopped']
    view.text = '-state:broken'
    expect(view.listFilter.reading.conditions).toEqual([
      { field: 'state', value: 'stopped', isNegated: false },
      { field: 'state', value: 'error', isNegated: true },
    ])
    view.listFilter.takeOver()
    expect([view.states, view.conditions]).toEqual([['stopped'], [{ field: 'state', value: 'error', isNegated: true }]])
    view.listFilter.add({ field: 'state', value: 'error', isNegated: false })
    expect([view.states, view.conditions]).toEqual([['stopped', 'error'], []])
    view.listFilter.add({ field: 'state', value: 'error', isNegated: false })
    expect(view.states).toEqual(['stopped', 'error'])
  })

  it('leave out of the text what is finished, and not what is being typed', () => {
    const view = useTableView()
    view.text = 'web state:broken has:con'
    view.listFilter.takeOver(view.text.length)
    expect([view.text, view.states, view.conditions]).toEqual(['web has:con', ['error'], []])
  })

  it('a server that is chosen in the rail is shown, whatever was excluded before', () => {
    const view = useTableView()
    view.text = '-server:production -environment:production has:errors'
    view.listFilter.takeOver()
    expect(view.isServerShown('s2')).toBe(false)
    view.showServer('s2')
    expect(view.isServerShown('s2')).toBe(true)
    expect(view.conditions).toEqual([{ field: 'has', value: 'errors', isNegated: false }])
  })

  it('are bounded as what can be saved is', () => {
    const view = useTableView()
    view.text = `${'-server:production '.repeat(2)}${Array.from({ length: 60 }, () => '').join('')}`
    view.listFilter.takeOver()
    expect(view.conditions).toHaveLength(1)
    view.conditions = Array.from({ length: 50 }, (_, index) => ({ field: 'user', value: `u${index}`, isNegated: true }))
    view.text = 'has:errors'
    expect(troubles()).toEqual(['A filter has at most 50 conditions; this one is left out.'])
    expect(visible()).toEqual(ALL)
  })

  it('whatever is typed: nothing throws, taking over changes no row, and never holds both of two opposites', () => {
    const parts = fc.constantFrom(
      ...['state:', 'broken', 'running', 'server:', 'vienna', 'project:', 'AP', 'has:', 'conflicts', 'user:', 'url:'],
      ...['-', '"', ' ', ' ', ' ', ':', 'x', 'partner:', 'kind:distributed', 'environment:test', '(', '\\', '[', 'ß'],
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(parts, { maxLength: 14 }).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          const view = useTableView()
          view.clearFilters()
          view.text = text
          troubles()
          const before = visible()
          view.listFilter.takeOver()
          expect(visible()).toEqual(before)
          const ids = view.listFilter.conditions.map(({ field, value }) => `${field}:${value}`)
          expect(new Set(ids).size).toBe(ids.length)
          const { text: rest } = view
          view.listFilter.takeOver()
          expect(view.text).toBe(rest)
        },
      ),
      { numRuns: 300 },
    )
  })
})
