import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { useNavigation } from '../ui/navigation.ts'
import { conditionWords } from '../ui/filter.ts'
import { isTyped, readSearch, troubleWords } from '../ui/read-search.ts'
import { rowTests, shownTest } from './row-tests.ts'
import { useTableView } from './table-view.ts'

/** What a text with tokens means to the table. */
export interface TokensFound {
  /** In the order of the table. */
  readonly rows: readonly SynchronizationRow[]
  /** The conditions and words in words. */
  readonly words: string
  /** What was not understood of it, in words. */
  readonly troubles: readonly string[]
  /** Shows the table with this filter alone. */
  readonly show: () => void
}

/**
 * Reads a text as the filter of the table does; null if it has none of the table's tokens. Somebody may still be typing
 * at its end.
 */
export function findByTokens(text: string): TokensFound | null {
  const view = useTableView()
  const { rules } = view.listFilter
  const { words, conditions, troubles } = readSearch(text, [], rules)
  const finished = troubles.filter(({ token }) => token.field !== null && !isTyped(token, text.length))
  if (conditions.length === 0 && finished.length === 0) return null
  const isShown = shownTest(rowTests(words, conditions, view.facts))
  return {
    rows: conditions.length === 0 ? [] : [...view.facts.rows()].filter(isShown),
    words: [
      ...conditions.map((condition) => conditionWords(condition, rules)),
      ...words.map(({ value, isNegated }) => `${isNegated ? '-' : ''}${value}`),
    ].join(' · '),
    troubles: finished.map((trouble) => troubleWords(trouble, rules)),
    show: () => {
      view.listFilter.clear()
      view.listFilter.type(text.trim())
      view.listFilter.takeOver()
      useNavigation().view = 'synchronizations'
    },
  }
}
