import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { Ellipsis } from '@lucide/vue'
import { foreign } from '../../src-contract/messages/message.ts'
import { RequestError } from '../../src-renderer/backend/ask.ts'
import DropdownMenu from '../../src-renderer/ui/DropdownMenu.vue'
import IconButton from '../../src-renderer/ui/IconButton.vue'
import { commandsOf, type MenuEntry, type MenuSection } from '../../src-renderer/ui/menu.ts'
import { useAttempt } from '../../src-renderer/ui/use-attempt.ts'
import { show } from './support.ts'

const entry = (id: string, more: Partial<MenuEntry> = {}): MenuEntry => ({
  id,
  label: `Do ${id}`,
  run: () => undefined,
  ...more,
})
const entries = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[role^=menuitem]')]
const focused = (): string => document.activeElement?.textContent.trim() ?? ''

async function press(...keys: string[]): Promise<void> {
  for (const key of keys)
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await flushPromises()
}

/** A button that opens a menu, which is open. */
async function open(sections: readonly MenuSection[], isIcon = false): Promise<HTMLElement> {
  const slots = {
    default: ({ opens }: { opens: object }) =>
      isIcon
        ? h(IconButton, { ...opens, class: 'opens', icon: Ellipsis, label: 'More' })
        : h('button', { ...opens, class: 'opens' }, 'More'),
  }
  const wrapper = show({ render: () => h(DropdownMenu, { sections, placement: 'bottom-end' }, slots) }, {})
  const button = wrapper.get<HTMLElement>('.opens')
  button.element.focus()
  await button.trigger('click')
  await vi.waitFor(() => expect(entries().length).toBeGreaterThan(0))
  return button.element
}
const isClosed = () => vi.waitFor(() => expect(entries()).toHaveLength(0))

beforeEach(() => {
  document.body.innerHTML = ''
})

describe('a menu', () => {
  it('draws a line between sections, and puts those with a title below it', async () => {
    await open([{ entries: [entry('a')] }, { entries: [entry('b')] }, { title: 'Some', entries: [entry('c')] }])
    expect(document.querySelectorAll('[role=separator]')).toHaveLength(1)
    expect(document.querySelector('[role=group][aria-label=Some]')?.textContent).toContain('Do c')
  })

  it('shows what cannot be chosen at present and why, and what holds', async () => {
    const run = vi.fn()
    const [cannot, holds, holdsNot] = [
      entry('a', { isEnabled: false, whyNot: 'It runs.', run }),
      entry('b', { isChosen: true }),
      entry('c', { isChosen: false }),
    ]
    await open([{ entries: [cannot] }, { entries: [holds, holdsNot] }, { isMultiple: true, entries: [holds] }])
    expect(
      entries().map((element) => [
        element.getAttribute('role'),
        element.getAttribute('aria-disabled') ?? element.getAttribute('aria-checked'),
      ]),
    ).toEqual([
      ['menuitem', 'true'],
      ['menuitemradio', 'true'],
      ['menuitemradio', 'false'],
      ['menuitemcheckbox', 'true'],
    ])
    expect(entries()[0]?.getAttribute('aria-description')).toBe('It runs.')
    const name = document.querySelector('[role=menu]')?.getAttribute('aria-labelledby') ?? ''
    expect(document.getElementById(name)?.textContent).toBe('More')
    entries()[0]?.click()
    await flushPromises()
    expect(run).not.toHaveBeenCalled()
    expect(entries()).toHaveLength(4)
  })

  it('opens from a button with a tooltip as well, is called as it is, and gives the focus back there', async () => {
    const button = await open([{ entries: [entry('a')] }], true)
    expect(document.querySelector('[role=menu]')?.getAttribute('aria-labelledby')).toBe(button.id)
    expect(button.getAttribute('aria-label')).toBe('More')
    await press('Escape')
    await isClosed()
    expect(document.activeElement).toBe(button)
  })

  it('runs the entry that is clicked, and no other, with the focus where it was before', async () => {
    const runs = [vi.fn(), vi.fn(() => focused())]
    const button = await open([{ entries: runs.map((run, index) => entry(`${index}`, { run })) }])
    expect(button.getAttribute('aria-haspopup')).toBe('menu')
    expect(button.getAttribute('aria-expanded')).toBe('true')
    entries()[1]?.click()
    await isClosed()
    expect(runs.map((run) => run.mock.results.map(({ value }) => value as string))).toEqual([[], ['More']])
    expect(button.getAttribute('aria-expanded')).toBe('false')
  })

  it('is walked by arrow keys and letters, in a circle', async () => {
    await open([{ entries: [entry('a'), entry('b')] }, { entries: [entry('c', { label: 'Remove' })] }])
    expect(focused()).toBe('Do a')
    await press('ArrowDown')
    expect(focused()).toBe('Do b')
    await press('ArrowDown', 'ArrowDown')
    expect(focused()).toBe('Do a')
    await press('ArrowUp')
    expect(focused()).toBe('Remove')
    await press('Home')
    expect(focused()).toBe('Do a')
    await press('End')
    expect(focused()).toBe('Remove')
    await press('d')
    expect(focused()).toBe('Do a')
    await press('D')
    expect(focused()).toBe('Do b')
    await press('x')
    expect(focused()).toBe('Do b')
  })

  it.each(['Escape', 'Tab'])('closes by %s, and gives the focus back', async (key) => {
    await open([{ entries: [entry('a')] }])
    await press(key)
    await isClosed()
    expect(focused()).toBe('More')
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
