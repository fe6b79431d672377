import type { LostState } from '../storage/lost-state.ts'
import type { LostStateAnswer, LostStateQuestion } from '../storage/recover-state.ts'

const FOUND: Readonly<Record<LostState, string>> = {
  missing: 'is missing',
  empty: 'is empty',
  'without tables': 'has lost what was in it',
  damaged: 'is damaged',
}

const LABELS: Readonly<Record<LostStateAnswer, string>> = {
  'use the copy': 'Use the copy',
  'start empty': 'Start empty',
  quit: 'Quit',
}

/** A dialog: `answers` has what each of `buttons` means. */
export interface LostStateMessage {
  readonly answers: readonly LostStateAnswer[]
  readonly buttons: readonly string[]
  readonly message: string
  readonly detail: string
  readonly defaultId: number
  readonly cancelId: number
}

/** The question in words: what was found, and what each choice does. Pressing Return uses the copy, or quits; Escape quits. */
export function lostStateMessage({ found, copy, folder }: LostStateQuestion): LostStateMessage {
  const answers: LostStateAnswer[] = copy === null ? ['start empty', 'quit'] : ['use the copy', 'start empty', 'quit']
  const made =
    copy === null ? '' : new Date(copy.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  const lines = [
    `In the folder ${folder}. Nothing has been changed so far, and no file is deleted by any choice.`,
    copy === null
      ? 'There is no whole copy of it that this version can read. To put one back yourself, quit, copy it to that name, and start again.'
      : `${LABELS['use the copy']}: goes on with ${copy.name}, made ${made}. What was changed later (servers, settings, drafts, the audit trail) is not in it.`,
    `${LABELS['start empty']}: begins without servers and settings, and reads everything anew.${copy === null ? '' : ' The copies are kept under another name, where newer ones do not replace them.'}`,
    `Either way the present file is kept with “set-aside” in its name. ${LABELS.quit}: leaves everything as it is.`,
  ]
  return {
    answers,
    message: `The file state.db, in which Syncdeck keeps servers and settings, ${FOUND[found]}.`,
    detail: lines.join('\n\n'),
    buttons: answers.map((answer) => LABELS[answer]),
    defaultId: copy === null ? answers.length - 1 : 0,
    cancelId: answers.length - 1,
  }
}
