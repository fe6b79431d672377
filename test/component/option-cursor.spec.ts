import { expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref, shallowRef, type ShallowRef } from 'vue'
import { useOptionCursor } from '../../src-renderer/ui/use-option-cursor.ts'
import { show } from './support.ts'

interface Option {
  readonly id: string
}
const option = (id: string): Option => ({ id })

function cursorOf(options: ShallowRef<readonly Option[]>, start = 0) {
  let made: ReturnType<typeof useOptionCursor<Option>> | undefined
  const setup = () => {
    made = useOptionCursor(options, ref(null), { idOf: ({ id }) => id, start })
    return () => h('i')
  }
  show(defineComponent({ setup }), {})
  if (made === undefined) throw new Error('The component was not set up')
  return made
}

it('the cursor stays on an option when there are fewer of them', async () => {
  const options = shallowRef<readonly Option[]>([option('a'), option('b'), option('c')])
  const { cursor, current, moveTo } = cursorOf(options)
  moveTo(2)
  options.value = [option('a'), option('b')]
  await nextTick()
  expect([cursor.value, current.value]).toEqual([1, option('b')])
  options.value = []
  await nextTick()
  expect(current.value).toBeUndefined()
})

it('the cursor is on no option at first where that is wanted, and is there again when all have gone', async () => {
  const options = shallowRef<readonly Option[]>([option('a')])
  const { current, cursor, moveTo, optionId } = cursorOf(options, -1)
  expect(current.value).toBeUndefined()
  moveTo(0)
  expect(current.value).toEqual(option('a'))
  options.value = []
  await nextTick()
  expect(cursor.value).toBe(-1)
  expect(optionId(option('a b'))).toMatch(/^\S+-a%20b$/)
})
