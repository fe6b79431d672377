import { computed, nextTick, ref, useId, watch, type Ref } from 'vue'

/**
 * The cursor of a listbox whose focus stays in one place, such as the field above it (ARIA Authoring Practices,
 * combobox). `list`: the element of the options, of which the current one has the class `current`. `start`: where the
 * cursor is at first; -1 for no option.
 */
export function useOptionCursor<Option extends object>(
  options: Readonly<Ref<readonly Option[]>>,
  list: Readonly<Ref<HTMLElement | null>>,
  { idOf, start = 0 }: { readonly idOf: (option: Option) => string; readonly start?: number },
) {
  const listId = useId()
  const cursor = ref(start)
  const current = computed(() => options.value[cursor.value])
  /** An element id, without spaces. */
  const optionId = (option: Option): string => `${listId}-${encodeURIComponent(idOf(option))}`
  watch(options, ({ length }) => (cursor.value = Math.min(cursor.value, Math.max(start, length - 1))))

  return {
    listId,
    cursor,
    current,
    optionId,
    /** The attributes that make an element an option: the pointer moves the cursor, and leaves the focus alone. */
    optionAttributes: (option: Option) => {
      const isCurrent = current.value !== undefined && idOf(current.value) === idOf(option)
      return {
        id: optionId(option),
        class: ['option', { current: isCurrent }],
        role: 'option',
        'aria-selected': isCurrent,
        onMousemove: (): void => {
          cursor.value = options.value.indexOf(option)
        },
        onMousedown: (event: MouseEvent): void => event.preventDefault(),
      }
    },
    /** Moves the cursor, and scrolls as little as needed to show the option. */
    moveTo: (index: number): void => {
      cursor.value = index
      void nextTick(() => list.value?.querySelector('.current')?.scrollIntoView({ block: 'nearest' }))
    },
  }
}
