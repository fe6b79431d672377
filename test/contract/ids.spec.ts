import { expect, expectTypeOf, it } from 'vitest'
import * as v from 'valibot'
import {
  jobIdInputSchema,
  serverIdInputSchema,
  serverIdSchema,
  type JobId,
  type ServerId,
  type TaskId,
} from '../../src-contract/ids.ts'
import type { Job } from '../../src-contract/jobs.ts'
import type { Server } from '../../src-contract/servers.ts'
import type { Task } from '../../src-contract/tasks.ts'

it('an id of one kind is not accepted for another; a plain string is', () => {
  expectTypeOf<TaskId>().not.toExtend<ServerId>()
  expectTypeOf<JobId>().not.toExtend<ServerId>()
  expectTypeOf<JobId>().not.toExtend<TaskId>()
  expectTypeOf<string>().toExtend<ServerId>()
})

it('what crosses the border has them', () => {
  expectTypeOf<Server['id']>().toEqualTypeOf<ServerId>()
  expectTypeOf<Task['id']>().toEqualTypeOf<TaskId>()
  expectTypeOf<Job['id']>().toEqualTypeOf<JobId>()
})

it.each([serverIdInputSchema, jobIdInputSchema])('one that the page sends has a limited length', (schema) => {
  expect(v.is(schema, '')).toBe(false)
  expect(v.is(schema, 'x'.repeat(100))).toBe(true)
  expect(v.is(schema, 'x'.repeat(101))).toBe(false)
  expect(v.is(serverIdSchema, '')).toBe(true)
})
