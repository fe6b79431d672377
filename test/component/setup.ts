import { afterEach, vi } from 'vitest'
import { brokenAnswers, unmountAll } from './support.ts'

// Again for each file: the files share one page, so that jsdom and the components are loaded once. jsdom has no layout:
// nothing changes its size, and everything is in sight.
Element.prototype.scrollIntoView = () => undefined
Element.prototype.scrollTo = () => undefined
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe = (): void => undefined
    disconnect = (): void => undefined
  },
)

// Runs after the hooks of the specs themselves.
afterEach(() => {
  const broken = brokenAnswers.splice(0)
  unmountAll()
  document.body.replaceChildren()
  localStorage.clear()
  vi.useRealTimers()
  vi.restoreAllMocks()
  if (broken.length > 0) throw new Error(`The stub of the main process breaks the contract: ${broken.join('; ')}`)
})
