import { expect, it } from 'vitest'
import { fitting } from '../../src-renderer/ui/fitting.ts'

const NAMES = ['a', 'b', 'c', 'd']
const WIDTHS = [40, 30, 20, 10]

it.each<[string, number, string, string[]]>([
  ['all, where all have room', 100, 'a', ['a', 'b', 'c', 'd']],
  ['the first, and room for the menu', 99, 'a', ['a', 'b']],
  ['the chosen one in place of the last', 99, 'd', ['a', 'b', 'd']],
  ['the chosen one in place of two', 85, 'c', ['a', 'c']],
  ['the chosen one alone, however narrow it is', 5, 'b', ['b']],
  ['all, where the room is not known', Infinity, 'c', ['a', 'b', 'c', 'd']],
])('on one line stand %s', (_name, room, needed, expected) => {
  expect(fitting(NAMES, WIDTHS, { room, more: 15, needed })).toEqual(expected)
})
