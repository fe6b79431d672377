import * as v from 'valibot'

/**
 * The ids of servers, tasks and jobs. To the compiler each is a type of its own, made here, at the border, so that none
 * can be passed for another. A plain string passes for any: a row of a table, an argument of a test.
 */
export const serverIdSchema = v.pipe(v.string(), v.flavor('ServerId'))
export type ServerId = v.InferOutput<typeof serverIdSchema>

export const taskIdSchema = v.pipe(v.string(), v.flavor('TaskId'))
export type TaskId = v.InferOutput<typeof taskIdSchema>

export const jobIdSchema = v.pipe(v.string(), v.flavor('JobId'))
export type JobId = v.InferOutput<typeof jobIdSchema>

const sent = v.pipe(v.string(), v.minLength(1), v.maxLength(100))

/** As the page may send them: of a limited length. */
export const serverIdInputSchema = v.pipe(sent, v.flavor('ServerId'))
export const jobIdInputSchema = v.pipe(sent, v.flavor('JobId'))
