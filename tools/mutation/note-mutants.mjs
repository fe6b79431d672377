import { appendFileSync } from 'node:fs'

/** Notes what became of each mutant as soon as that is known, a line of JSON each, so that a run may be ended at any time. */
class NoteMutants {
  /** @param {import('./report.ts').Mutant} mutant */
  onMutantTested({ fileName, location, mutatorName, replacement, status }) {
    const line = JSON.stringify({ fileName, location, mutatorName, replacement, status })
    appendFileSync(process.env.SYNCDECK_MUTANTS ?? '', `${line}\n`)
  }
}

/** Stryker's way to find plug-ins. */
export const strykerPlugins = [{ kind: 'Reporter', name: 'note-mutants', injectableClass: NoteMutants }]
