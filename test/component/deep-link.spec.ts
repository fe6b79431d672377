import { expect, it } from 'vitest'
import { deepLink, refOfLink } from '../../src-renderer/synchronizations/deep-link.ts'
import { server } from './support.ts'

const servers = [
  server({ id: 's1', name: 'Vienna / prod' }),
  server({ id: 's2', name: 'Twin' }),
  server({ id: 's3', name: 'Twin' }),
]

it('names the server where that is unambiguous, and leads back to the same row', () => {
  expect(deepLink({ serverId: 's1', key: 'INT-16' }, servers)).toBe('#/Vienna%20%2F%20prod/INT-16')
  expect(deepLink({ serverId: 's3', key: 'INT-16' }, servers)).toBe('#/s3/INT-16')
  for (const ref of [
    { serverId: 's1', key: 'INT-16' },
    { serverId: 's2', key: 'INT-1' },
    { serverId: 's3', key: 'INT-2' },
  ])
    expect(refOfLink(deepLink(ref, servers), servers)).toEqual(ref)
})

it.each(['', '#', '#/Vienna', '#/unknown/INT-1', '#/%zz/INT-1', '#/a/b/c'])('%j leads nowhere', (hash) => {
  expect(refOfLink(hash, servers)).toBeNull()
})
