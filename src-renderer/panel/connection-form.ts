import * as v from 'valibot'
import {
  connectionFormSchema,
  type ConnectionForm,
  type Draft,
  type DraftField,
  type PasswordField,
} from '#contract/editing.ts'
import type { Connector } from '#contract/synchronizations.ts'
import { problemsByPath } from '../text/problems.ts'
import { t } from '../text/t.ts'
import { draftProblem } from './draft-fields.ts'

/** One side of a connection as typed. Untouched fields have the server's values. */
export interface TypedSide {
  readonly name: 'first' | 'second'
  readonly connector: Connector
  baseUrl: string
  user: string
  password: string
  hasProxy: boolean
  proxyUri: string
  proxyUser: string
  proxyPassword: string
}

/** What Backbone takes: all of every side in one step, or only the fields that change. */
export type ConnectionChange =
  | { readonly kind: 'whole'; readonly form: ConnectionForm }
  | { readonly kind: 'partial'; readonly draft: Draft; readonly passwords: Partial<Record<PasswordField, string>> }

/** Why the change cannot go the way that checks every side; null if it can. */
export type PartialReason = 'password' | 'user' | null

/** A side of the form before anything is typed. */
export function untouched(name: TypedSide['name'], connector: Connector): TypedSide {
  return {
    name,
    connector,
    baseUrl: connector.baseUrl,
    user: connector.user,
    password: '',
    hasProxy: false,
    proxyUri: '',
    proxyUser: '',
    proxyPassword: '',
  }
}

/** One user of one Jira has one password. If the user is not known, it may be anyone. */
export function isSameAccount(sides: readonly TypedSide[]): boolean {
  const [first, second] = sides.map(({ user, baseUrl }) => `${user.trim()} ${baseUrl.trim().replace(/\/+$/, '')}`)
  return sides[0]?.user.trim() !== '' && first === second
}

/** A proxy can only be changed together with all passwords, so they are asked for when one is set. */
export function partialReason(sides: readonly TypedSide[]): PartialReason {
  if (sides.some(isOtherUser)) return 'user'
  return sides.some(({ hasProxy }) => hasProxy) || sides.every((side) => passwordOf(side, sides) !== '')
    ? null
    : 'password'
}

/** The request that the form makes, or what is wrong with which of its fields. */
export function readConnection(
  sides: readonly TypedSide[],
): { readonly change: ConnectionChange } | { readonly problems: Record<string, string> } {
  return partialReason(sides) === null ? readWhole(sides) : readPartial(sides)
}

function readWhole(sides: readonly TypedSide[]): ReturnType<typeof readConnection> {
  const given = (side: TypedSide | undefined) =>
    side && {
      baseUrl: side.baseUrl,
      password: passwordOf(side, sides),
      proxy: side.hasProxy ? { proxyUri: side.proxyUri, username: side.proxyUser, password: side.proxyPassword } : null,
    }
  const parsed = v.safeParse(connectionFormSchema, { first: given(sides[0]), second: given(sides[1]) ?? null })
  return parsed.success
    ? { change: { kind: 'whole', form: parsed.output } }
    : { problems: problemsByPath(parsed.issues) }
}

function readPartial(sides: readonly TypedSide[]): ReturnType<typeof readConnection> {
  const base: Draft['base'] = {}
  const values: Draft['values'] = {}
  const passwords: Partial<Record<PasswordField, string>> = {}
  const problems: Record<string, string> = {}
  for (const side of sides) {
    const path = `${side.name}Connector.connection.application` as const
    const password = passwordOf(side, sides)
    for (const name of ['baseUrl', 'user'] as const) {
      const field: DraftField = `${path}.${name}`
      const value = side[name].trim()
      const isChanged = value !== side.connector[name]
      // The owner of a password and its address are validated like the changed fields.
      if (isChanged || password !== '') base[field] = side.connector[name]
      if (!isChanged) continue
      values[field] = value
      const problem = draftProblem(field, value)
      if (problem !== '') problems[`${side.name}.${name}`] = problem
    }
    if (password !== '') passwords[`${path}.password`] = password
    // The old user's password would be tried with the new name, and refused log-ins lock accounts.
    else if (isOtherUser(side)) problems[`${side.name}.password`] = t('errors.fields.user.password')
    if (side.hasProxy) problems[`${side.name}.proxy.proxyUri`] = t('panel.connectionDialog.proxyApart')
  }
  return Object.keys(problems).length > 0
    ? { problems }
    : { change: { kind: 'partial', draft: { base, values }, passwords } }
}

function isOtherUser({ user, connector }: TypedSide): boolean {
  return user.trim() !== connector.user
}

function passwordOf(side: TypedSide, sides: readonly TypedSide[]): string {
  return isSameAccount(sides) ? (sides[0]?.password ?? '') : side.password
}
