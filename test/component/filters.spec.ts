import { NSelect } from 'naive-ui'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import TableToolbar from '../../src-renderer/table/TableToolbar.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import FilterSelect from '../../src-renderer/ui/FilterSelect.vue'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { fieldOf, row, server, show, type } from './support.ts'

beforeEach(() => {
  document.body.innerHTML = ''
})

describe('the filters of the table', () => {
  it('filter by what is typed and by what is chosen', async () => {
    const toolbar = show(TableToolbar, {})
    const view = useTableView()
    await type('Filter synchronizations', 'portal')
    expect(view.text).toBe('portal')
    const [, states] = toolbar.findAllComponents(NSelect)
    states?.vm.$emit('update:value', ['error'])
    await nextTick()
    expect(view.states).toEqual(['error'])
    expect(states?.props('value')).toEqual(['error'])
  })

  it('say at each choice how many rows it would show, also at an environment', () => {
    const toolbar = show(TableToolbar, {}, () => {
      useServers().replace([server(), server({ id: 's2', name: 'Munich', environment: 'production' })])
      useSynchronizations().replace([
        row({ key: 'INT-1', health: 'error' }),
        row({ key: 'INT-2', kind: 'distributed' }),
        row({ key: 'INT-3', serverId: 's2' }),
      ])
    })
    const [servers, states, kinds] = toolbar
      .findAllComponents(FilterSelect)
      .map((select) => (select.props() as { countOf: (value: string) => number }).countOf)
    expect(['s1', 's2', 'environment:production', 'environment:test'].map((value) => servers?.(value))).toEqual([
      2, 1, 1, 2,
    ])
    expect(['error', 'running', 'stopped'].map((value) => states?.(value))).toEqual([1, 2, 0])
    expect(['centralized', 'distributed'].map((value) => kinds?.(value))).toEqual([2, 1])
  })

  it('are reached by the key of the filter', () => {
    show(TableToolbar, {})
    useCommandRegistry()
      .all.find(({ shortcut }) => shortcut === '/')
      ?.run?.()
    expect(document.activeElement).toBe(fieldOf('Filter synchronizations'))
  })
})

describe('a select that filters', () => {
  const shown = (props: object) =>
    show(FilterSelect, { modelValue: null, options: [], placeholder: 'Server', ...props })

  it('is called by its placeholder, which some cannot see, or as it is told', () => {
    expect(shown({}).getComponent(NSelect).props('inputProps')).toEqual({ 'aria-label': 'Server' })
    expect(shown({ label: 'By server' }).getComponent(NSelect).props('inputProps')).toEqual({
      'aria-label': 'By server',
    })
  })

  it('is a combobox for those who hear it, and says what is chosen and whether it is open', async () => {
    const options = [
      { value: 'a', label: 'Error' },
      { type: 'group', key: 'more', label: 'More', children: [{ value: 'b', label: 'Stopped' }] },
    ]
    const countOf = (value: string) => (value === 'a' ? 14 : 3)
    const wrapper = shown({ options, multiple: true, modelValue: ['a', 'b'], countOf })
    const combobox = wrapper.get('[role=combobox]')
    expect(combobox.attributes('aria-label')).toBe('Server: Error, Stopped')
    expect(combobox.attributes('aria-expanded')).toBe('false')
    await combobox.trigger('click')
    await nextTick()
    expect(wrapper.get('[role=combobox]').attributes('aria-expanded')).toBe('true')
    const counts = [...document.querySelectorAll('.counted-option')].map(({ textContent }) => textContent)
    expect(counts).toEqual(['Error14', 'Stopped3'])
  })

  it('can be emptied, unless something has to be chosen', () => {
    expect(shown({}).getComponent(NSelect).props('clearable')).toBe(true)
    expect(shown({ clearable: false }).getComponent(NSelect).props('clearable')).toBe(false)
  })
})
