import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import TableToolbar from '../../src-renderer/table/TableToolbar.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { speak } from '../../src-renderer/text/t.ts'
import { fieldOf, row, server, show } from './support.ts'

afterEach(() => speak('en', []))

function shown() {
  show(TableToolbar, {}, () => {
    useServers().replace([server(), server({ id: 's2', name: 'Munich hub' })])
    useSynchronizations().replace([row(), row({ key: 'INT-3', serverId: 's2', health: 'error' })])
  })
  fieldOf('Filter synchronizations').focus()
  return useTableView()
}

async function typeOn(text: string): Promise<void> {
  const field = fieldOf('Filter synchronizations')
  field.value = text
  field.setSelectionRange(text.length, text.length)
  field.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}

async function press(key: string): Promise<boolean> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  fieldOf('Filter synchronizations').dispatchEvent(event)
  await nextTick()
  await nextTick()
  return event.defaultPrevented
}

const offers = (): string[] =>
  [...document.querySelectorAll('[data-test=offer]')].map((offer) => offer.querySelector('bdi')?.textContent ?? '')
const current = (): string | undefined =>
  document.querySelector('[data-test=offer][aria-selected=true] bdi')?.textContent
const said = (): string => document.querySelector('[data-test=filter-troubles]')?.textContent ?? ''

describe('the field of the filter', () => {
  it('is a combobox: it offers keys and then values, which the arrows and Enter take', async () => {
    const view = shown()
    await typeOn('ser')
    expect(offers()).toEqual(['server:'])
    const field = fieldOf('Filter synchronizations')
    expect([field.getAttribute('role'), field.getAttribute('aria-expanded')]).toEqual(['combobox', 'true'])
    await press('ArrowDown')
    const option = document.getElementById(field.getAttribute('aria-activedescendant') ?? '')
    expect(option?.textContent).toContain('server:')
    expect(document.getElementById(field.getAttribute('aria-controls') ?? '')?.contains(option)).toBe(true)
    await press('Enter')
    expect([view.text, offers()]).toEqual(['server:', ['Vienna', 'Munich hub']])
    await press('ArrowDown')
    await press('ArrowDown')
    expect(current()).toBe('Munich hub')
    await press('Enter')
    expect([view.text, view.serverIds, offers()]).toEqual(['', ['s2'], []])
    expect(field.getAttribute('aria-expanded')).toBe('false')
  })

  it('takes nothing that was not chosen: Enter after a word leaves the word', async () => {
    const view = shown()
    await typeOn('sta')
    expect(offers()).toEqual(['state:'])
    expect(current()).toBeUndefined()
    await press('Enter')
    expect([view.text, offers()]).toEqual(['sta', []])
  })

  it('shows all keys on demand, and Escape closes them and nothing else', async () => {
    shown()
    expect(offers()).toEqual([])
    await press('ArrowDown')
    expect(offers()).toHaveLength(10)
    expect(await press('Escape')).toBe(true)
    expect(offers()).toEqual([])
    expect(await press('Escape')).toBe(false)
  })

  it('takes a token over at the space after it, at Enter, and when the field is left', async () => {
    const view = shown()
    await typeOn('web state:broken')
    expect([view.text, view.states]).toEqual(['web state:broken', []])
    expect(view.visible).toHaveLength(0)
    await typeOn('web state:broken ')
    expect([view.text, view.states]).toEqual(['web ', ['error']])
    await typeOn('web -has:new')
    await press('Enter')
    expect([view.text, view.conditions]).toEqual(['web ', [{ field: 'has', value: 'new', isNegated: true }]])
    await typeOn('web kind:distributed')
    fieldOf('Filter synchronizations').blur()
    await nextTick()
    expect([view.text, view.kinds]).toEqual(['web ', ['distributed']])
  })

  it('says what it did not understand once nobody types it any longer', async () => {
    shown()
    await typeOn('state:brx')
    expect(said()).toBe('')
    await typeOn('state:brx ')
    expect(said()).toContain('State: there is no “brx”')
    expect(fieldOf('Filter synchronizations').getAttribute('aria-describedby')).toBe(
      document.querySelector('[data-test=filter-troubles]')?.id,
    )
  })

  it('offers the words of the window', async () => {
    speak('de', [])
    show(TableToolbar, {})
    const field = fieldOf('Synchronisierungen filtern')
    field.focus()
    field.value = 'zustand:g'
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await flushPromises()
    expect(offers()[0]).toBe('Gestört')
  })
})

describe('the chips of a filter', () => {
  it('say what no facet shows, and take it away', async () => {
    const wrapper = show(TableToolbar, {}, () => {
      useServers().replace([server()])
      const view = useTableView()
      view.states = ['error']
      view.kinds = ['distributed']
      view.conditions = [
        { field: 'server', value: 's1', isNegated: true },
        { field: 'project', value: 'AP', isNegated: false },
        { field: 'state', value: 'handshake', isNegated: false },
      ]
    })
    const chips = () => wrapper.findAll('[data-test=filter-chip]').map((chip) => chip.text())
    expect(chips()).toEqual(['Kind: Distributed', 'Server: not Vienna', 'Project: AP', 'State: Handshake'])
    await wrapper.get('[aria-label="Remove the filter Server: not Vienna"]').trigger('click')
    expect(chips()).toEqual(['Kind: Distributed', 'Project: AP', 'State: Handshake'])
    await wrapper.get('[aria-label="Remove the filter Kind: Distributed"]').trigger('click')
    expect(useTableView().kinds).toEqual([])
  })
})
