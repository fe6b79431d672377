import {
  computed,
  inject,
  onUnmounted,
  provide,
  shallowReactive,
  type ComputedRef,
  type InjectionKey,
  type Ref,
} from 'vue'

interface Search {
  /** Whether the search text occurs in these words; always true if it is empty. */
  readonly finds: (words: readonly string[]) => boolean
}

interface Section {
  readonly title: () => string
  readonly lines: Set<ComputedRef<boolean>>
}

const SEARCH: InjectionKey<Search> = Symbol('what is looked for in the settings')
const SECTION: InjectionKey<Section> = Symbol('the section of a setting')

/** Lets settings below be looked for by the words of `text`: each has to occur, in any order and case. */
export function provideSettingSearch(text: Ref<string>): void {
  const wanted = computed(() => text.value.toLowerCase().split(/\s+/).filter(Boolean))
  provide(SEARCH, {
    finds: (words) => {
      const all = words.join(' ').toLowerCase()
      return wanted.value.every((word) => all.includes(word))
    },
  })
}

/** A section with its settings: whether any of them is found, or, of one without, the section by its own words. */
export function useSettingSection(title: () => string, ownWords: () => readonly string[]): ComputedRef<boolean> {
  const search = inject(SEARCH, null)
  const lines = shallowReactive(new Set<ComputedRef<boolean>>())
  provide(SECTION, { title, lines })
  return computed(() => {
    if (search === null || search.finds([title(), ...ownWords()])) return true
    return [...lines].some((isFound) => isFound.value)
  })
}

/** A setting: whether it is found by its own words and those of its section. */
export function useSettingLine(words: () => readonly (string | undefined)[]): ComputedRef<boolean> {
  const search = inject(SEARCH, null)
  const section = inject(SECTION, null)
  const isFound = computed(
    () => search === null || search.finds([section?.title() ?? '', ...words().map((word) => word ?? '')]),
  )
  section?.lines.add(isFound)
  onUnmounted(() => section?.lines.delete(isFound))
  return isFound
}
