import { Play, RotateCw, Square } from '@lucide/vue'
import type { RunOperation } from '#contract/tasks.ts'

/** The sign of each operation, wherever it is offered. */
export const OPERATION_SIGNS = { start: Play, stop: Square, restart: RotateCw } as const satisfies Record<
  RunOperation,
  unknown
>
