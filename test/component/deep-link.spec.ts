import { expect, it } from 'vitest'
import { deepLink, rowOfLink } from '../../src-renderer/synchronizations/deep-link.ts'
import { server } from './support.ts'

const servers = [server({ id: 's1', name: 'Vienna / prod' }), server({ id: 's2', name: 'Twin' }), server({ id: 's3', name: 'Twin' })]

it('names the server where that is unambiguous, and leads back to the same row', () => {
  expect(deepLink('s1 INT-16', servers)).toBe('#/Vienna%20%2F%20prod/INT-16')
  expect(deepLink('s3 INT-16', servers)).toBe('#/s3/INT-16')
  for (const id of ['s1 INT-16', 's2 INT-1', 's3 INT-2']) expect(rowOfLink(deepLink(id, servers), servers)).toBe(id)
})

it.each(['', '#', '#/Vienna', '#/unknown/INT-1', '#/%zz/INT-1', '#/a/b/c'])('%j leads nowhere', (hash) => {
  expect(rowOfLink(hash, servers)).toBeNull()
})
