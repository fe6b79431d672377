import { expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import { useKeptFocus } from '../../src-renderer/ui/use-kept-focus.ts'
import { show } from './support.ts'

const focused = (): string => document.activeElement?.textContent ?? ''
const button = (name: string): HTMLElement => {
  const found = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)
  if (found === undefined) throw new Error(`There is no ${name}`)
  return found
}

/** Two lists with buttons in a window, of which some are gone or disabled. */
function open() {
  const gone = ref<readonly string[]>([])
  const disabled = ref<readonly string[]>([])
  const list = (names: string[]) =>
    h(
      'ul',
      names
        .filter((name) => !gone.value.includes(name))
        .map((name) => h('li', h('button', { disabled: disabled.value.includes(name) }, name))),
    )
  const setup = () => {
    useKeptFocus()
    return () => h('main', [list(['a', 'b', 'c']), gone.value.includes('all') ? null : list(['d', 'e'])])
  }
  // jsdom has no layout, and shows everything.
  HTMLElement.prototype.checkVisibility = () => true
  show(defineComponent({ setup }), {})
  return { gone, disabled }
}

it('the next element gets the focus of a removed one, or else the previous one; not a neighbour of its surroundings', async () => {
  const { gone } = open()
  button('b').focus()
  gone.value = ['b']
  await vi.waitFor(() => expect(focused()).toBe('c'))
  gone.value = ['b', 'c']
  await vi.waitFor(() => expect(focused()).toBe('a'))
  gone.value = ['a', 'b', 'c']
  await vi.waitFor(() => expect(focused()).toBe('d'))
})

it('what is disabled while it has the focus gives it on, and what goes with all around it, too', async () => {
  const { gone, disabled } = open()
  button('d').focus()
  disabled.value = ['d']
  await vi.waitFor(() => expect(focused()).toBe('e'))
  gone.value = ['all']
  await vi.waitFor(() => expect(focused()).toBe('c'))
})

it('the focus stays where it was put, and nowhere if the user left it', async () => {
  const { gone } = open()
  button('b').focus()
  button('a').focus()
  gone.value = ['b']
  await nextTick()
  button('a').blur()
  gone.value = ['b', 'c']
  await new Promise((done) => setTimeout(done))
  expect(document.activeElement).toBe(document.body)
})
