import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { useShortcuts } from '../../src-renderer/palette/use-shortcuts.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { OFFER_MS, useUndo } from '../../src-renderer/ui/undo.ts'
import UndoOffer from '../../src-renderer/ui/UndoOffer.vue'
import { show, stubBridge } from './support.ts'

/** The window, as far as the offer has to do with it. */
const Desk = defineComponent({
  setup() {
    useShortcuts()
    return () => [h('button', { id: 'before' }), h('input', { id: 'text' }), h(UndoOffer, { isApple: false })]
  },
})

const at = (name: string): HTMLElement | null => document.querySelector(`[data-test="${name}"]`)
const words = (): string | undefined => at('undo-offer')?.textContent

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  stubBridge()
  show(Desk, {})
})

function offer(text: string, undo: () => Promise<unknown> = async () => undefined) {
  const spy = vi.fn(undo)
  useUndo().show({ words: text, undo: spy })
  return spy
}

async function press(target: string, key: string): Promise<void> {
  document
    .querySelector(target)
    ?.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true }))
  await flushPromises()
}

describe('the offer', () => {
  it('names what it undoes, to the eye and to a screen reader, and undoes it once', async () => {
    const undo = offer('Stopped INT-3.', () => new Promise(() => undefined))
    await nextTick()
    expect(words()).toContain('Stopped INT-3.')
    expect(at('undo-last')?.getAttribute('aria-label')).toBe('Undo: Stopped INT-3.')
    expect(at('undo-spoken')?.getAttribute('role')).toBe('status')
    expect(at('undo-spoken')?.textContent).toBe('Stopped INT-3.')
    useUndo().undo().catch(expect.unreachable)
    at('undo-last')?.click()
    expect(undo).toHaveBeenCalledTimes(1)
  })

  it('is there before anything is offered, for a screen reader to listen to, and says nothing', () => {
    expect(at('undo-spoken')?.textContent).toBe('')
    expect(at('undo-offer')).toBeNull()
  })

  it('disappears after its time, and can no longer be used', async () => {
    const undo = offer('Stopped INT-3.')
    await vi.advanceTimersByTimeAsync(OFFER_MS - 1)
    expect(words()).toContain('Stopped')
    await vi.advanceTimersByTimeAsync(1)
    expect(words()).toBeUndefined()
    await press('#before', 'z')
    expect(undo).not.toHaveBeenCalled()
  })

  it('gives way to a newer one, which has its whole time', async () => {
    const first = offer('Stopped INT-3.')
    await vi.advanceTimersByTimeAsync(OFFER_MS - 1)
    const second = offer('Renamed INT-4 to “X”.')
    await vi.advanceTimersByTimeAsync(OFFER_MS - 1)
    expect(words()).toContain('INT-4')
    expect(words()).not.toContain('INT-3')
    await press('#before', 'z')
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1])
    expect(words()).toBeUndefined()
  })

  it.each([
    ['pointerenter', 'pointerleave'],
    ['focusin', 'focusout'],
  ])('stands still from %s to %s', async (enter, leave) => {
    offer('Stopped INT-3.')
    await vi.advanceTimersByTimeAsync(OFFER_MS - 100)
    at('undo-offer')?.dispatchEvent(new FocusEvent(enter))
    await vi.advanceTimersByTimeAsync(OFFER_MS)
    expect(words()).toContain('INT-3')
    at('undo-offer')?.dispatchEvent(new FocusEvent(leave))
    await vi.advanceTimersByTimeAsync(99)
    expect(words()).toContain('INT-3')
    await vi.advanceTimersByTimeAsync(1)
    expect(words()).toBeUndefined()
  })
})

describe('the keys', () => {
  it('undo where nobody types, and are listed with what they undo', async () => {
    const undo = offer('Stopped INT-3.')
    await nextTick()
    expect(useCommandRegistry().all).toMatchObject([{ title: 'Undo: Stopped INT-3.', shortcut: 'Mod+Z' }])
    await press('#text', 'z')
    expect(undo).not.toHaveBeenCalled()
    await press('#before', 'z')
    expect(undo).toHaveBeenCalledTimes(1)
    expect(useCommandRegistry().all).toEqual([])
    expect(at('undo-spoken')?.textContent).toBe('Undoing: Stopped INT-3.')
  })

  it('leave the focus where it was before it went into the offer', async () => {
    offer('Stopped INT-3.')
    await nextTick()
    document.querySelector<HTMLElement>('#before')?.focus()
    at('undo-last')?.focus()
    at('undo-last')?.click()
    await flushPromises()
    expect(document.activeElement?.id).toBe('before')
  })
})

describe('an undo that is refused', () => {
  const refused = () =>
    offer('Renamed INT-3 to “X”.', async () => {
      throw new Error('INT-3 was renamed to “Y” in the meantime.')
    })

  it('says so, and why, until that is taken away', async () => {
    refused()
    await nextTick()
    at('undo-last')?.focus()
    at('undo-last')?.click()
    await flushPromises()
    await vi.advanceTimersByTimeAsync(10 * OFFER_MS)
    expect(words()).toContain('Not undone: Renamed INT-3 to “X”.')
    expect(document.querySelector('[role=alert]')?.textContent).toContain('INT-3 was renamed to “Y” in the meantime.')
    expect(document.activeElement).toBe(at('undo-close'))
    at('undo-close')?.click()
    await flushPromises()
    expect(words()).toBeUndefined()
  })

  it('is shown even if something else has been offered meanwhile, and gives way to later offers', async () => {
    let refuse: (error: Error) => void = () => undefined
    offer('Stopped INT-3.', () => new Promise((_resolve, reject) => (refuse = reject)))
    await press('#before', 'z')
    offer('Stopped INT-4.')
    refuse(new Error('It is away.'))
    await flushPromises()
    expect(words()).toContain('Not undone: Stopped INT-3.')
    offer('Stopped INT-5.')
    await nextTick()
    expect(words()).toContain('Stopped INT-5.')
  })
})
