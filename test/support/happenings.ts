import fc from 'fast-check'
import type { HostMode, SessionKeeping } from './simulated-network.ts'

/** Which of the hosts there are in a run, and which of the entries that lead to it. */
const host = fc.nat(39)
/** Which synchronization: most hosts have few, and what happens to the same one twice is worth more. */
const index = fc.nat(1)
/**
 * With what a connection is tested: as the server is stored, or the form with the password that is stored, that is the
 * one in Jira, or that is mistyped. `other-projects`: the form with the stored password, and another list to ask for.
 */
const testedWith = ['as-it-is', 'stored', 'other-projects', 'right', 'mistyped'] as const
export type TestedWith = (typeof testedWith)[number]
/** What users do while a test that they have begun still asks its first questions, or logs in. */
const meanwhile = ['enters-right', 'enters-wrong', 'tries', 'refreshes'] as const
export type Meanwhile = (typeof meanwhile)[number]
/** What users have done to a synchronization. A restart is a stop, and a start once that has ended. */
const operations = ['start', 'stop', 'restart'] as const
export type Operation = (typeof operations)[number]
/** What can happen to it. */
export const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 10, max: 60_000 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('mode' as const),
      host,
      mode: fc.constantFrom<HostMode>(
        'up',
        'up',
        'down',
        'silent',
        'loses',
        'loses-log-ins',
        'gateway',
        'asks-writes',
        'limited',
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('password-changes' as const), host }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('session-ends' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('node-moves' as const), host }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('keeping' as const),
      host,
      keeping: fc.constantFrom<SessionKeeping>('kept', 'kept', 'no-cookie', 'not-known', 'asks-again'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('anonymous' as const), host, isAllowed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('user-enters' as const), host, isRight: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('user-tries' as const), host }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('user-tests' as const), host, by: fc.constantFrom(...testedWith) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('user-acts-in-test' as const),
      host,
      by: fc.constantFrom(...testedWith),
      afterMs: fc.integer({ min: 0, max: 1_200 }),
      acts: fc.constantFrom(...meanwhile),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('keychain' as const), answersInMs: fc.constantFrom(0, 300, 2_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('user-enters-token' as const), host, isRight: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('captcha-solved' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('detail' as const), host, index }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('operation' as const),
      operation: fc.constantFrom(...operations),
      host,
      index,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), host, isPaused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hidden' as const), isHidden: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), limit: fc.constantFrom(1, 6, 24) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('interval' as const), seconds: fc.constantFrom(10, 30, 60) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.integer({ min: 1_000, max: 86_400_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock-is-set' as const),
      ms: fc.integer({ min: -172_800_000, max: 172_800_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), isKilled: fc.boolean() }) },
  // What chance alone hardly ever brings together.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('changes-and-loses' as const), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('killed-in-log-ins' as const), host }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('operation-is-lost' as const),
      operation: fc.constantFrom(...operations),
      host,
      index,
    }),
  },
)
export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

/**
 * How servers are: how many synchronizations each has, how many entries of the list lead to it, and how it
 * keeps sessions, leads to its nodes and treats visitors.
 */
export const servers = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 8 }),
    entries: fc.constantFrom(1, 1, 1, 2, 3),
    endsWithPassword: fc.boolean(),
    isAnonymousAllowed: fc.boolean(),
    visitorsSee: fc.constantFrom(0, 0, 1),
    password: fc.constantFrom('right', 'Größe: 5 £ÿ'),
    isSpread: fc.constantFrom(false, false, false, true),
    givesVisitorsCookies: fc.boolean(),
    namesNobody: fc.constantFrom(false, false, true),
    dropsQueries: fc.constantFrom(false, false, false, false, true),
    hidesRefusals: fc.constantFrom(false, false, false, true),
    setsCookies: fc.constantFrom(false, false, false, false, false, true),
    hidesVersion: fc.constantFrom(false, false, false, false, false, true),
    keeping: fc.constantFrom<SessionKeeping>('kept', 'kept', 'kept', 'no-cookie', 'not-known', 'asks-again'),
  }),
  { minLength: 1, maxLength: 10 },
)
