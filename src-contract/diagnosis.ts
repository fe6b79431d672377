import * as v from 'valibot'

/**
 * How a connection to a server came about, or did not: by which way and why, which certificate authorities counted, and what
 * was found. Attempts that went alike are one.
 */
export const connectionAttemptSchema = v.object({
  /** Epoch ms of the first and the last one that went like this, and how many there were. */
  firstAt: v.number(),
  lastAt: v.number(),
  count: v.number(),
  isConnected: v.boolean(),
  /** In order; for people. `about` holds the names and addresses; what a server says of itself there is its word. */
  steps: v.array(v.object({
    step: v.picklist(['way', 'authorities', 'name', 'connection', 'tunnel', 'encryption', 'failure']),
    message: v.string(),
    about: v.optional(v.string()),
  })),
})
export type ConnectionAttempt = v.InferOutput<typeof connectionAttemptSchema>
export type ConnectionStep = ConnectionAttempt['steps'][number]
