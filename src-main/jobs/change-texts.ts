import { message } from '#contract/messages/message.ts'
import { backOfSame, type Kind } from './kind.ts'

/** Replaces part of names and descriptions. One request per synchronization, with only the fields that change. */
export const changeTexts: Kind = {
  plan: ({ changes }) => (changes.length === 0 ? message('jobs.leftOut.notFound') : [{ name: 'edit', phase: 0 }]),
  back: backOfSame('change-texts', ({ steps: [edit] }) => edit?.outcome === 'done'),
}
