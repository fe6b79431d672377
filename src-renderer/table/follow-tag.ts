import type { FilterCondition, SavedView } from '#contract/saved-views.ts'
import { useSettings } from '../settings/settings.ts'
import { useTableView } from './table-view.ts'

type Conditions = readonly FilterCondition[]

/** Whether two of these are the same; they are plain data, made in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Those with the tag by its new name, each once. */
function renamedIn(conditions: Conditions, from: string, to: string): FilterCondition[] {
  const next = conditions.map((one) => (one.field === 'tag' && one.value === from ? { ...one, value: to } : one))
  return next.filter((one, index) => next.findIndex((other) => isSame(one, other)) === index)
}

function followed(saved: SavedView, from: string, to: string): SavedView {
  const { conditions } = saved.filter
  if (conditions === undefined) return saved
  return { ...saved, filter: { ...saved.filter, conditions: renamedIn(conditions, from, to) } }
}

/**
 * Has what the table and its saved views are filtered by follow a tag that was renamed: they would show nothing
 * otherwise. Answers with how that goes back; what was changed since then stays.
 */
export async function followTag(from: string, to: string): Promise<() => Promise<void>> {
  const [settings, view] = [useSettings(), useTableView()]
  const before = { conditions: view.conditions, views: settings.current.savedViews }
  const after = {
    conditions: renamedIn(before.conditions, from, to),
    views: before.views.map((saved) => followed(saved, from, to)),
  }
  const set = async (conditions: Conditions, views: readonly SavedView[]): Promise<void> => {
    if (!isSame(conditions, view.conditions)) view.conditions = [...conditions]
    if (!isSame(views, settings.current.savedViews)) await settings.set({ savedViews: [...views] })
  }
  await set(after.conditions, after.views)
  return () =>
    set(
      isSame(view.conditions, after.conditions) ? before.conditions : view.conditions,
      settings.current.savedViews.map(
        (saved) => before.views[after.views.findIndex((one) => isSame(one, saved))] ?? saved,
      ),
    )
}
