import { SetUpError } from '../set-up/report.mjs'

/**
 * Options of a command, each `--name value`: the defaults with what was given in their place, numbers as numbers.
 * Throws `SetUpError` for one that is not among the defaults, or has no value.
 * @template {Readonly<Record<string, string | number>>} Defaults
 * @param {readonly string[]} args
 * @param {Defaults} defaults
 * @returns {{ -readonly [Name in keyof Defaults]: Defaults[Name] extends number ? number : string }}
 */
export function optionsOf(args, defaults) {
  /** @type {Record<string, string | number>} */
  const options = { ...defaults }
  for (let index = 0; index < args.length; index += 2) {
    const [name = '', value] = [args[index]?.replace(/^--/, ''), args[index + 1]]
    if (!Object.hasOwn(defaults, name) || value === undefined) {
      const names = Object.keys(defaults).map((known) => `--${known}`)
      throw new SetUpError(`“${args[index]}” is not understood.`, `There are ${names.join(', ')}, each with a value.`)
    }
    options[name] = typeof defaults[name] === 'number' ? Number(value) : value
  }
  return /** @type {ReturnType<typeof optionsOf<Defaults>>} */ (options)
}

/** A seed for a run that was given none. */
export function randomSeed() {
  return 1 + Math.floor(Math.random() * 1_000_000_000)
}
