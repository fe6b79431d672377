import type { taskRequests } from '#contract/tasks.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { TaskRunner } from './task-runner.ts'
import type { TaskStore } from './task-store.ts'

/** Handles requests about tasks. */
export function taskHandlers({
  tasks,
  taskStore,
  events,
}: {
  readonly tasks: Pick<TaskRunner, 'begin'>
  readonly taskStore: Pick<TaskStore, 'list' | 'clearEnded'>
  readonly events: Pick<EventHub, 'tasksRemoved'>
}): HandlersOf<typeof taskRequests> {
  return {
    'synchronizations:start': ({ targets }) => ({ taskIds: tasks.begin('start', targets) }),
    'synchronizations:stop': ({ targets }) => ({ taskIds: tasks.begin('stop', targets) }),
    'synchronizations:restart': ({ targets }) => ({ taskIds: tasks.begin('restart', targets) }),
    'tasks:list': () => taskStore.list(),
    'tasks:clear-ended': () => events.tasksRemoved(taskStore.clearEnded()),
  }
}
