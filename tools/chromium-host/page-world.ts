/**
 * The page's side of the host. Runs in the page before its own scripts, as text: it may use nothing from outside
 * itself. It gives the preload what a sandboxed preload has (CommonJS, `require('electron')`, nothing of Node), carries
 * its messages, and freezes what it exposes.
 */
function installPageWorld(
  options: { bindingName: string; dispatchName: string },
  preload: (exports: object, require: (name: string) => unknown, module: object) => void,
): void {
  if (window !== window.top) return
  const page = window as unknown as Record<string, unknown>
  const carry = page[options.bindingName] as (text: string) => Promise<string>
  delete page[options.bindingName]

  const listeners = new Map<string, Set<(event: unknown, ...args: unknown[]) => void>>()

  const freeze = <T>(value: T): T => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      for (const inner of Object.values(value)) freeze(inner)
      Object.freeze(value)
    }
    return value
  }

  const clone = (value: unknown): unknown => {
    try {
      return structuredClone(value)
    } catch {
      throw new Error('An object could not be cloned.')
    }
  }

  const ipcRenderer = {
    invoke: async (channel: string, ...args: unknown[]): Promise<unknown> => {
      const answer = JSON.parse(await carry(JSON.stringify({ channel, args: clone(args) }))) as
        { ok: true; value: unknown } | { ok: false; message: string }
      if (!answer.ok) throw new Error(`Error invoking remote method '${channel}': ${answer.message}`)
      return answer.value
    },
    on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void): void => {
      const set = listeners.get(channel) ?? new Set()
      set.add(listener)
      listeners.set(channel, set)
    },
    off: (channel: string, listener: (event: unknown, ...args: unknown[]) => void): void => {
      listeners.get(channel)?.delete(listener)
    },
  }

  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown): void => {
      if (name in window) throw new Error('Cannot bind an API on top of an existing property on the window object')
      Object.defineProperty(window, name, {
        value: freeze(api),
        writable: false,
        configurable: false,
        enumerable: true,
      })
    },
  }

  Object.defineProperty(window, options.dispatchName, {
    enumerable: false,
    value: (channel: string, text: string): void => {
      const args = JSON.parse(text) as unknown[]
      for (const listener of listeners.get(channel) ?? []) listener({}, ...args)
    },
  })

  // Asked before a window exists, as Electron asks its handler.
  window.open = (url) => {
    void carry(JSON.stringify({ opening: new URL(url ?? 'about:blank', location.href).href }))
    return null
  }

  // Electron shows no menu of its own, and asks the application only if the page has none.
  window.addEventListener('contextmenu', (event) => {
    if (event.defaultPrevented) return
    event.preventDefault()
    const field = event.target instanceof Element ? event.target.closest('input, textarea, [contenteditable]') : null
    const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement
    const isEditable = isText ? !field.readOnly && !field.disabled : field !== null
    const inField = isText ? field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0) : ''
    const selectionText = isText ? inField : String(window.getSelection())
    const isSecret = field instanceof HTMLInputElement && field.type === 'password'
    const canCopy = selectionText !== '' && !isSecret
    const can = (name: string): boolean => isEditable && document.queryCommandEnabled(name)
    void carry(
      JSON.stringify({
        clicked: {
          isEditable,
          selectionText: isSecret ? '' : selectionText,
          editFlags: {
            canUndo: can('undo'),
            canRedo: can('redo'),
            canCut: isEditable && canCopy,
            canCopy,
            canPaste: isEditable,
            canSelectAll: isEditable,
          },
        },
      }),
    )
  })

  const require = (name: string): unknown => {
    if (name === 'electron') return { contextBridge, ipcRenderer }
    throw new Error(`module not found: ${name}`)
  }
  const module = { exports: {} }
  preload(module.exports, require, module)
}

/** The script to run in every new page. The preload is written into it: the page's policy forbids evaluating text. */
export function pageWorldScript(options: { preload: string; bindingName: string; dispatchName: string }): string {
  const { preload, ...names } = options
  return `(${installPageWorld.toString()})(${JSON.stringify(names)}, function (exports, require, module) {\n${preload}\n})`
}
