/**
 * Says what is being done, on standard error, so that the output of the command itself stays clean.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`syncdeck: ${text}\n`)
}

/** A set-up that cannot go on, with what the user can do. */
export class SetUpError extends Error {
  /**
   * @param {string} what
   * @param {string} whatToDo
   */
  constructor(what, whatToDo) {
    super(`${what}\n  ${whatToDo}`)
    this.name = 'SetUpError'
  }
}

/**
 * Runs a long step with a sign of life every ten seconds.
 * @template Result
 * @param {string} text
 * @param {() => Promise<Result>} work
 */
export async function withProgress(text, work) {
  say(`${text} …`)
  const begun = Date.now()
  const seconds = () => Math.round((Date.now() - begun) / 1000)
  const timer = setInterval(() => say(`${text}: ${seconds()} s`), 10_000)
  try {
    const result = await work()
    say(`${text}: done after ${seconds()} s`)
    return result
  } finally {
    clearInterval(timer)
  }
}
