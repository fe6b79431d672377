import { appendFileSync } from 'node:fs'

/**
 * Records the result of each mutant as soon as it is known, as a line of JSON, so that a run can be stopped at any
 * time.
 */
class NoteMutants {
  /** @param {import('./report.ts').Mutant} mutant */
  onMutantTested({ fileName, location, mutatorName, replacement, status }) {
    const line = JSON.stringify({ fileName, location, mutatorName, replacement, status })
    appendFileSync(process.env.SYNCDECK_MUTANTS ?? '', `${line}\n`)
  }
}

/** Stryker's way to find plug-ins. */
export const strykerPlugins = [{ kind: 'Reporter', name: 'note-mutants', injectableClass: NoteMutants }]
