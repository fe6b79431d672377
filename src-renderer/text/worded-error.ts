import { worded as wordedBy, type AppErrorData, type WordedError } from '#contract/errors.ts'
import { say } from './t.ts'

/** A failure with the words that the page has for it. */
export const worded = (data: AppErrorData): WordedError => wordedBy(data, say)
