import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { NewSynchronization } from '../../src-contract/editing.ts'
import type { BackboneApi } from '../../src-main/backbone/backbone-api.ts'
import { readIntegration, type Integration } from '../../src-main/backbone/integration.ts'
import { findCandidates, isLike, nameThem } from '../../src-main/editing/created.ts'
import { isGone } from '../../src-main/editing/gone.ts'
import { OwnCreations } from '../../src-main/editing/own-creations.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { said } from '../support/said.ts'

const asked = (projectKey: string) => ({
  projectKey,
  baseUrl: `https://${projectKey}.example`,
  user: 'u',
  password: 'p',
})
const INPUT: NewSynchronization = { summary: 'New', description: '', first: asked('AP'), second: asked('PB') }

interface Differing {
  readonly summary?: string
  readonly createdUser?: string
  readonly first?: object
  readonly second?: object | undefined
}
function made(
  key: string,
  { summary = 'New', createdUser = 'Anna', first = {}, second = {} }: Differing = {},
): Integration {
  const side = (projectKey: string, more: object) => ({
    projectKey,
    connection: { application: { baseUrl: `https://${projectKey}.example/` } },
    ...more,
  })
  const read = readIntegration({
    integrationKey: key,
    summary,
    createdUser,
    firstConnector: side('AP', first),
    secondConnector: side('PB', second),
  })
  if (read === null) throw new Error('It is a synchronization')
  return read
}
const found = (list: Integration[], before: string[] = [], user: string | null = 'anna') => {
  const { fresh, similar, own } = findCandidates(list, new Set(before), INPUT, user)
  return [fresh.map(({ key }) => key), similar.map(({ key }) => key), own?.key ?? null]
}

describe('what a list reveals about a creation whose answer was lost', () => {
  it('is ours where it is the only new one like it that our user made', () => {
    const unlike = made('INT-3', { summary: 'Another' })
    expect(found([made('INT-1'), made('INT-2'), unlike], ['INT-1'])).toEqual([['INT-2', 'INT-3'], ['INT-2'], 'INT-2'])
  })

  it.each<[string, Integration[], string | null]>([
    ['two are', [made('INT-1'), made('INT-2')], 'anna'],
    ['somebody else made it', [made('INT-1', { createdUser: 'ben' })], 'anna'],
    ['nobody is said to have made it', [made('INT-1', { createdUser: '' })], ''],
    ['our name is not known', [made('INT-1')], null],
  ])('is nobody’s for certain where %s', (_, list, user) => {
    expect(found(list, [], user)[2]).toBeNull()
  })

  it.each<[string, Differing]>([
    ['name', { summary: 'Other' }],
    ['first project', { first: { projectKey: 'XX' } }],
    ['second project', { second: { projectKey: 'XX' } }],
    ['first address', { first: { connection: { application: { baseUrl: 'https://x.example' } } } }],
  ])('is not like it with another %s', (_, more) => {
    expect(isLike(made('INT-1', more), INPUT)).toBe(false)
    expect(isLike({ ...made('INT-1'), second: null }, INPUT)).toBe(false)
    expect(isLike(made('INT-1'), INPUT)).toBe(true)
  })

  it('is named with who made it, five of many', () => {
    expect(said(nameThem([made('INT-1'), made('INT-2', { createdUser: '' })]))).toBe(
      'INT-1 “New” (created by Anna), INT-2 “New”',
    )
    const many = (count: number) => Array.from({ length: count }, (_, index) => made(`INT-${index}`))
    expect(said(nameThem(many(5)))).toMatch(/INT-4 “New” \(created by Anna\)$/)
    expect(said(nameThem(many(7)))).toMatch(/INT-4 .*2/)
    expect(said(nameThem(many(7)))).not.toContain('INT-5')
  })
})

describe('creations of ours', () => {
  it('that are under way, or were lost, may have made what is like them, on their own server', () => {
    const creations = new OwnCreations()
    const mine = creations.begin('s', INPUT)
    expect(creations.hasRival(mine, made('INT-1'))).toBe(false)
    const other = creations.begin('s', INPUT)
    creations.begin('t', INPUT)
    expect(creations.hasRival(mine, made('INT-1'))).toBe(true)
    expect(creations.hasRival(mine, made('INT-1', { summary: 'Other' }))).toBe(false)
    creations.end(other, null)
    expect(creations.hasRival(mine, made('INT-1'))).toBe(false)
  })

  it('are known by what they made', () => {
    const creations = new OwnCreations()
    creations.end(creations.begin('s', INPUT), 'INT-1')
    creations.end(creations.begin('s', INPUT), null)
    expect([creations.isMade('s', 'INT-1'), creations.isMade('t', 'INT-1'), creations.isMade('s', 'INT-2')]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('a synchronization is gone', () => {
  const notFound = new AppError('api.not-found', foreign('Not found'))
  const list = (more: object = {}) => ({ items: [], unreadable: [], refused: [], ...more })
  const gone = (detail: unknown, listed: unknown = list()) =>
    isGone(
      {
        detail: () => (detail instanceof Error ? Promise.reject(detail) : Promise.resolve(detail)),
        list: () => Promise.resolve(listed),
      } as unknown as BackboneApi,
      'INT-1',
    )

  it('where it is not found, and a whole list does not have it', async () => {
    expect(await gone(notFound)).toBe(true)
    expect(await gone(notFound, list({ items: [{ integration: made('INT-2') }] }))).toBe(true)
  })

  it.each<[string, unknown, unknown]>([
    ['it can be read', {}, list()],
    ['the list has it', notFound, list({ items: [{ integration: made('INT-1') }] })],
    ['the list has items that cannot be read', notFound, list({ unreadable: [foreign('no key')] })],
    ['the list lacks a project', notFound, list({ refused: [{}] })],
  ])('not where %s', async (_, detail, listed) => {
    expect(await gone(detail, listed)).toBe(false)
  })

  it('is not known where it cannot be asked', async () => {
    const away = new AppError('net.timeout', foreign('Away'))
    await expect(gone(away)).rejects.toBe(away)
    const fault = new Error('a fault')
    await expect(gone(fault)).rejects.toBe(fault)
  })
})
