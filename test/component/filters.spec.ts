import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import TableToolbar from '../../src-renderer/table/TableToolbar.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import FacetChoices from '../../src-renderer/ui/FacetChoices.vue'
import FacetMenu from '../../src-renderer/ui/FacetMenu.vue'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { fieldOf, row, server, show, stubSizes, type } from './support.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

/** Clicks a value of the facet that is open. */
async function pick(label: string): Promise<void> {
  const option = [...document.querySelectorAll<HTMLElement>('[data-test=facet-option]')].find(
    ({ textContent }) => textContent?.includes(label) === true,
  )
  option?.click()
  await nextTick()
}

describe('the filters of the table', () => {
  it('filter by what is typed and by what is chosen', async () => {
    const toolbar = show(TableToolbar, {})
    const view = useTableView()
    await type('Filter synchronizations', 'portal')
    expect(view.text).toBe('portal')
    await toolbar.get('[data-test=filter-state]').trigger('click')
    await pick('Broken')
    await pick('Stopped')
    expect(view.states).toEqual(['error', 'stopped'])
    expect(toolbar.get('[data-test=filter-state]').text()).toBe('State: Broken, Stopped')
    await pick('Broken')
    expect(view.states).toEqual(['stopped'])
    await toolbar.get('[aria-label="Remove the filter State"]').trigger('click')
    expect(view.states).toEqual([])
    expect(toolbar.get('[data-test=filter-state]').text()).toBe('State')
  })

  it('lose no focus with the button that takes a condition away, nor with what closes', async () => {
    const toolbar = show(TableToolbar, {})
    const view = useTableView()
    view.states = ['error']
    view.kinds = ['distributed']
    await nextTick()
    const facet = toolbar.get<HTMLElement>('[data-test=filter-state]')
    facet.element.focus()
    await facet.trigger('click')
    expect(document.activeElement?.getAttribute('role')).toBe('listbox')
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
    await flushPromises()
    expect(document.activeElement).toBe(facet.element)
    await toolbar.get('[aria-label="Remove the filter State"]').trigger('click')
    expect(document.activeElement).toBe(facet.element)
    await toolbar.get('[aria-label="Remove the filter Kind: Distributed"]').trigger('click')
    expect(document.activeElement).toBe(fieldOf('Filter synchronizations'))
    view.states = ['error']
    await nextTick()
    facet.element.focus()
    await toolbar.get('[data-test=filter-clear]').trigger('click')
    expect(document.activeElement).toBe(fieldOf('Filter synchronizations'))
  })

  it('add what has no facet of its own as a chip', async () => {
    const toolbar = show(TableToolbar, {})
    await toolbar.get('[data-test=filter-more]').trigger('click')
    await pick('New conflicts')
    await pick('Distributed')
    expect(useTableView().filter).toMatchObject({
      kinds: ['distributed'],
      conditions: [{ field: 'has', value: 'new', isNegated: false }],
    })
    expect(toolbar.findAll('[data-test=filter-chip]').map((chip) => chip.text())).toEqual([
      'Kind: Distributed',
      'Has: New conflicts',
    ])
    expect(toolbar.get('[data-test=filter-more]').text()).toBe('More')
  })

  it('have errors and conflicts in sight, which one click sets and another takes away', async () => {
    const toolbar = show(TableToolbar, {})
    const view = useTableView()
    const errors = toolbar.get<HTMLElement>('[data-test=filter-quick-errors]')
    expect([errors.text(), errors.attributes('aria-pressed')]).toEqual(['Errors', 'false'])
    errors.element.focus()
    await errors.trigger('click')
    await toolbar.get('[data-test=filter-quick-conflicts]').trigger('click')
    expect(view.conditions).toEqual([
      { field: 'has', value: 'errors', isNegated: false },
      { field: 'has', value: 'conflicts', isNegated: false },
    ])
    expect([errors.attributes('aria-pressed'), errors.attributes('title')]).toEqual(['true', 'Has: Issues in error'])
    expect(toolbar.find('[data-test=filter-chip]').exists(), 'told once').toBe(false)
    await errors.trigger('click')
    expect(view.conditions).toEqual([{ field: 'has', value: 'conflicts', isNegated: false }])
    expect(document.activeElement).toBe(errors.element)
    view.text = '-has:conflicts'
    view.listFilter.takeOver()
    await nextTick()
    expect(toolbar.findAll('[data-test=filter-chip]').map((chip) => chip.text())).toEqual(['Has: not Conflicts'])
  })

  it('have these among the others where there is little room, until they hold', async () => {
    const resize = stubSizes()
    const toolbar = show(TableToolbar, {})
    const view = useTableView()
    const bar = toolbar.get('[role=search]').element
    const quick = () => toolbar.findAll('[data-test^=filter-quick-]').map((chip) => chip.text())
    await resize(bar, { offsetWidth: 899 })
    expect(quick()).toEqual([])
    await toolbar.get('[data-test=filter-more]').trigger('click')
    const offered = [...document.querySelectorAll('[data-test=facet-option]')].map(({ textContent }) => textContent)
    expect(offered.filter((text) => /^(Errors|Conflicts|New conflicts)/.test(text))).toHaveLength(3)
    await pick('Errors')
    expect(view.conditions).toEqual([{ field: 'has', value: 'errors', isNegated: false }])
    expect(quick()).toEqual(['Errors'])
    const clear = toolbar.get('[data-test=filter-clear]')
    expect([clear.text(), clear.attributes('aria-label')]).toEqual(['', 'Clear'])
    // It goes with its condition, and the focus does not.
    toolbar.get<HTMLElement>('[data-test=filter-quick-errors]').element.focus()
    await toolbar.get('[data-test=filter-quick-errors]').trigger('click')
    expect(quick()).toEqual([])
    expect(document.activeElement).toBe(fieldOf('Filter synchronizations'))
    await resize(bar, { offsetWidth: 900 })
    expect(quick()).toEqual(['Errors', 'Conflicts'])
  })

  it('say at each choice how many rows it would show, also at an environment', () => {
    const toolbar = show(TableToolbar, {}, () => {
      useServers().replace([server(), server({ id: 's2', name: 'Munich', environment: 'production' })])
      useSynchronizations().replace([
        row({ key: 'INT-1', health: 'error' }),
        row({ key: 'INT-2', kind: 'distributed', conflictCount: 1, newConflictCount: 0 }),
        row({ key: 'INT-3', serverId: 's2', conflictCount: 4, newConflictCount: 1 }),
      ])
    })
    const countOf = toolbar.getComponent(FacetMenu).props('countOf') as (choice: string) => number
    const counts = (field: string, ...values: string[]) => values.map((value) => countOf(`${field}:${value}`))
    expect(counts('server', 's1', 's2')).toEqual([2, 1])
    expect(counts('environment', 'production', 'test')).toEqual([1, 2])
    expect(counts('state', 'error', 'running', 'stopped')).toEqual([1, 2, 0])
    expect(counts('kind', 'centralized', 'distributed')).toEqual([2, 1])
    expect(counts('has', 'errors', 'conflicts', 'new')).toEqual([0, 2, 1])
  })

  it('are reached by the key of the filter', () => {
    show(TableToolbar, {})
    useCommandRegistry()
      .all.find(({ shortcut }) => shortcut === '/')
      ?.run?.()
    expect(document.activeElement).toBe(fieldOf('Filter synchronizations'))
  })
})

describe('the choices of a facet', () => {
  const names = ['Aden', 'Bern', 'Cork', 'Dover', 'Essen', 'Fes', 'Graz', 'Hull']
  const shown = (count: number) => {
    const toggled: string[] = []
    const options = names.slice(0, count).map((label) => ({ value: label.toLowerCase(), label }))
    show(FacetChoices, {
      name: 'Server',
      groups: [{ title: null, options }],
      chosen: ['bern'],
      countOf: (value: string) => value.length,
      onToggle: (value: string) => toggled.push(value),
    })
    return toggled
  }
  const press = async (key: string) => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    await nextTick()
  }
  const labels = () => [...document.querySelectorAll('[role=option] bdi')].map(({ textContent }) => textContent)

  it('are moved through and taken by keys, and say which are chosen and how many rows each shows', async () => {
    const toggled = shown(3)
    const list = document.activeElement
    expect([list?.getAttribute('role'), list?.getAttribute('aria-multiselectable')]).toEqual(['listbox', 'true'])
    await press('ArrowDown')
    const option = document.getElementById(list?.getAttribute('aria-activedescendant') ?? '')
    expect([option?.textContent, option?.getAttribute('aria-selected')]).toEqual(['Bern4', 'true'])
    await press(' ')
    await press('End')
    await press('Enter')
    expect(toggled).toEqual(['bern', 'cork'])
  })

  it('are searched where there are many; what is typed is text', async () => {
    const toggled = shown(8)
    const field = document.activeElement as HTMLInputElement
    expect([field.getAttribute('role'), field.getAttribute('aria-label')]).toEqual(['combobox', 'Find in Server'])
    field.value = 'es'
    field.dispatchEvent(new Event('input'))
    await nextTick()
    expect(labels()).toEqual(['Essen', 'Fes'])
    await press(' ')
    expect(toggled).toEqual([])
    await press('ArrowDown')
    await press('Enter')
    expect(toggled).toEqual(['fes'])
    field.value = 'zzz'
    field.dispatchEvent(new Event('input'))
    await nextTick()
    expect([labels(), document.body.textContent?.includes('Nothing has that name.')]).toEqual([[], true])
  })
})
