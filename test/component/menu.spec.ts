import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { foreign } from '../../src-contract/messages/message.ts'
import { RequestError } from '../../src-renderer/backend/ask.ts'
import DropdownMenu from '../../src-renderer/ui/DropdownMenu.vue'
import { commandsOf, optionsOf, type MenuEntry } from '../../src-renderer/ui/menu.ts'
import { useAttempt } from '../../src-renderer/ui/use-attempt.ts'
import { show } from './support.ts'

const entry = (id: string, more: Partial<MenuEntry> = {}): MenuEntry => ({
  id,
  label: `Do ${id}`,
  run: () => undefined,
  ...more,
})

beforeEach(() => {
  document.body.innerHTML = ''
})

describe('a menu', () => {
  it('draws a line between sections, and puts those with a title below it', () => {
    const untitled = optionsOf([{ entries: [entry('a')] }, { entries: [entry('b')] }])
    expect(untitled.map(({ type, key }) => type ?? key)).toEqual(['a', 'divider', 'b'])
    const [titled] = optionsOf([{ title: 'Some', entries: [entry('a')] }])
    expect(titled).toMatchObject({ type: 'group', label: 'Some', children: [{ key: 'a' }] })
  })

  it('shows what cannot be chosen at present, and ticks what holds', () => {
    const entries = [entry('a', { isEnabled: false }), entry('b', { isChosen: true }), entry('c', { isChosen: false })]
    const options = optionsOf([{ entries }])
    expect(options.map(({ disabled }) => disabled)).toEqual([true, false, false])
    expect(options.map(({ label }) => label)).toEqual(['Do a', '✓ Do b', '\u2003 Do c'])
  })

  it('runs the entry that is clicked, and no other', async () => {
    const runs = [vi.fn(), vi.fn()]
    const entries = runs.map((run, index) => entry(`${index}`, { run }))
    const menu = () =>
      h(DropdownMenu, { sections: [{ entries }], placement: 'bottom-end' }, () => h('button', { class: 'opens' }))
    await show(menu, {}).get('.opens').trigger('click')
    await vi.waitFor(() => expect(document.querySelectorAll('.n-dropdown-option-body')).toHaveLength(2))
    document.querySelectorAll<HTMLElement>('.n-dropdown-option-body')[1]?.click()
    await flushPromises()
    expect(runs.map((run) => run.mock.calls.length)).toEqual([0, 1])
  })
})

describe('the commands of a menu', () => {
  it('are its entries that can be chosen, named for where no menu is around them', () => {
    const run = vi.fn()
    const commands = commandsOf(
      [entry('a', { run }), entry('b', { isEnabled: false })],
      { group: 'servers', isSpecific: true },
      (label) => `Vienna: ${label}`,
    )
    expect(commands).toEqual([{ title: 'Vienna: Do a', group: 'servers', isSpecific: true, run }])
  })

  it('that fail say why, and what can be done', async () => {
    let attempt: ReturnType<typeof useAttempt> | undefined
    show({ setup: () => ((attempt = useAttempt()), () => null) }, {})
    await attempt?.(() =>
      Promise.reject(
        new RequestError({ code: 'net.dns', message: foreign('It is away.'), advice: foreign('Try later.') }),
      ),
    )
    await flushPromises()
    expect(document.body.textContent).toContain('It is away. Try later.')
  })
})
