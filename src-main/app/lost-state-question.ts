import type { MessageKey } from '#contract/messages/messages.ts'
import type { LostState } from '../storage/lost-state.ts'
import type { LostStateAnswer, LostStateQuestion } from '../storage/recover-state.ts'
import { dateText, t } from '../text/say.ts'

const FOUND = {
  missing: 'shell.lost.found.missing',
  empty: 'shell.lost.found.empty',
  'without tables': 'shell.lost.found.withoutTables',
  damaged: 'shell.lost.found.damaged',
} as const satisfies Record<LostState, MessageKey>

const LABELS = {
  'use the copy': 'shell.lost.answers.useCopy',
  'start empty': 'shell.lost.answers.startEmpty',
  quit: 'shell.lost.answers.quit',
} as const satisfies Record<LostStateAnswer, MessageKey>

/** A dialog: `answers` says what each of `buttons` means. */
export interface LostStateMessage {
  readonly answers: readonly LostStateAnswer[]
  readonly buttons: readonly string[]
  readonly message: string
  readonly detail: string
  readonly defaultId: number
  readonly cancelId: number
}

/**
 * The question in words: what was found, and what each choice does. Pressing Return uses the copy, or quits; Escape
 * quits.
 */
export function lostStateMessage({ found, copy, folder }: LostStateQuestion): LostStateMessage {
  const answers: LostStateAnswer[] = copy === null ? ['start empty', 'quit'] : ['use the copy', 'start empty', 'quit']
  const lines = [
    t('shell.lost.where', { folder }),
    copy === null ? t('shell.lost.noCopy') : t('shell.lost.copy', { name: copy.name, time: dateText(copy.at) }),
    t(copy === null ? 'shell.lost.empty' : 'shell.lost.emptyWithCopies'),
    t('shell.lost.quit'),
  ]
  return {
    answers,
    message: t(FOUND[found]),
    detail: lines.join('\n\n'),
    buttons: answers.map((answer) => t(LABELS[answer])),
    defaultId: copy === null ? answers.length - 1 : 0,
    cancelId: answers.length - 1,
  }
}
