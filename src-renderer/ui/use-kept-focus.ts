import { onMounted, onUnmounted } from 'vue'

/** What can have the focus. */
const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]'

/**
 * Where the focus was: everything else that could have had it then, in the order of the page, and its ancestors,
 * innermost first.
 */
interface Place {
  readonly element: HTMLElement
  readonly order: readonly HTMLElement[]
  readonly around: readonly HTMLElement[]
}

/**
 * Keeps the focus in the page. If its element goes, or can no longer have it, a browser drops it, and keyboard users
 * start at the top of the page again; here it goes to the nearest element. Code that knows a better place has moved it
 * there by then.
 */
export function useKeptFocus(): void {
  let place: Place | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function note({ target }: FocusEvent): void {
    if (target instanceof HTMLElement) place = placeOf(target)
  }
  /** Dialogs, menus and notices give the focus back themselves, within this turn. */
  function lookLater(): void {
    if (place === null || isUsable(place.element)) return
    clearTimeout(timer)
    timer = setTimeout(look)
  }
  function look(): void {
    const { activeElement: active, body } = document
    if (place === null || isUsable(place.element)) return
    if (active === null || active === body || active === place.element) nearest(place)?.focus({ preventScroll: true })
  }

  const observer = new MutationObserver(lookLater)
  onMounted(() => {
    document.addEventListener('focusin', note)
    observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  })
  onUnmounted(() => {
    document.removeEventListener('focusin', note)
    observer.disconnect()
    clearTimeout(timer)
  })
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled')
}

function placeOf(element: HTMLElement): Place {
  const around: HTMLElement[] = []
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) around.push(parent)
  return { element, around, order: [...document.querySelectorAll<HTMLElement>(FOCUSABLE)] }
}

/**
 * The next element inside the nearest remaining ancestor, or else the previous one; if nothing is left, what the window
 * shows.
 */
function nearest({ element, order, around }: Place): HTMLElement | undefined {
  const index = order.indexOf(element)
  const candidates = [...order.slice(index + 1), ...order.slice(0, Math.max(0, index)).toReversed()].filter(
    canBeReached,
  )
  // The page itself does not count: a dialog is in it beside the window.
  for (const surroundings of around.filter((parent) => parent.isConnected && parent !== document.body)) {
    const found = candidates.find((other) => surroundings.contains(other))
    if (found !== undefined) return found
  }
  return [...document.querySelectorAll<HTMLElement>('main :is(button, input, [tabindex])')].find(canBeReached)
}

function canBeReached(element: HTMLElement): boolean {
  return isUsable(element) && element.tabIndex >= 0 && element.checkVisibility()
}
