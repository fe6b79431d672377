import type { ApplyResult } from '#contract/editing.ts'
import type { RunOperation } from '#contract/tasks.ts'

/** The dialog that is open over a panel. */
export type PanelDialog =
  | { readonly kind: 'preview' | 'connection' | 'resync' | 'delete' | 'snooze' | 'note' }
  | { readonly kind: 'operation'; readonly operation: RunOperation }
  | Extract<ApplyResult, { kind: 'changed-on-server' }>
