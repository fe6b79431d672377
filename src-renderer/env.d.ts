import type { Bridge } from '#contract/bridge.ts'

declare global {
  interface Window {
    /** Exposed by the preload. */
    readonly syncdeck: Bridge
  }
}
