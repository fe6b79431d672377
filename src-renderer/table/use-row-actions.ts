import { useMessage } from 'naive-ui'
import { exportFormatSchema } from '#contract/audit.ts'
import { refId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { runOperations, type RunOperation } from '#contract/tasks.ts'
import { ask } from '../backend/ask.ts'
import { useJobPlans } from '../jobs/job-plans.ts'
import { useServers } from '../servers/servers.ts'
import { useUnavailability } from '../servers/use-unavailability.ts'
import { deepLink } from '../synchronizations/deep-link.ts'
import { useOpenPanels } from '../synchronizations/open-panels.ts'
import { whyPointless } from '../synchronizations/pointless.ts'
import { counted, t } from '../text/t.ts'
import type { MenuEntry, MenuSection } from '../ui/menu.ts'
import { useAttempt } from '../ui/use-attempt.ts'
import { useSaving } from '../ui/use-saving.ts'
import { useTableView } from './table-view.ts'

const SHORTCUTS = { start: 'Mod+Shift+S', stop: 'Mod+Shift+X', restart: 'Mod+Shift+R' } as const

export type OperationEntry = MenuEntry & { readonly id: RunOperation }

/** The actions on rows: one definition for their menu, the palette and the keys. */
/** Actions that are planned as a job. */
export type JobEntry = MenuEntry & { readonly id: 'maintenance' | 'replace' | 'copy-to-server' | 'clean-up' }

export interface RowActions {
  /** Starting, stopping and restarting. */
  readonly operations: (rows: readonly SynchronizationRow[]) => OperationEntry[]
  /** Those that are planned as a job. */
  readonly jobs: (rows: readonly SynchronizationRow[]) => JobEntry[]
  /** Their tags. */
  readonly tagging: (rows: readonly SynchronizationRow[]) => MenuEntry[]
  /** Saving them as a file. */
  readonly exporting: (rows: readonly SynchronizationRow[]) => MenuEntry[]
  readonly menu: (rows: readonly SynchronizationRow[]) => MenuSection[]
  /** Copies the keys and addresses to the clipboard. */
  readonly copy: (rows: readonly SynchronizationRow[]) => Promise<void>
}

/** `operate` asks for confirmation before anything is sent; `tag` asks which tags are meant. */
export function useRowActions(
  operate: (operation: RunOperation, rows: SynchronizationRow[]) => void,
  tag: (rows: SynchronizationRow[]) => void,
): RowActions {
  const servers = useServers()
  const panels = useOpenPanels()
  const view = useTableView()
  const unavailabilityOf = useUnavailability()
  const plans = useJobPlans()
  const message = useMessage()
  const attempt = useAttempt()
  const saving = useSaving()

  /** The rows that the keys act on: the selected ones, otherwise the one whose panel is open. */
  const areMeantByKeys = (rows: readonly SynchronizationRow[]): boolean =>
    view.selected.size > 0
      ? rows.length === view.selected.size && rows.every((row) => view.selected.has(refId(row)))
      : rows.every((row) => refId(row) === panels.activeId)

  const isAvailable = ({ serverId }: SynchronizationRow): boolean =>
    unavailabilityOf(servers.byId.get(serverId)).words === ''
  const isReadable = ({ serverId }: SynchronizationRow): boolean =>
    unavailabilityOf(servers.byId.get(serverId)).away === null
  /** Why nothing can be done with any of these; empty if something can. */
  const whyAway = (rows: readonly SynchronizationRow[]): string =>
    rows.some(isAvailable) ? '' : unavailabilityOf(servers.byId.get(rows[0]?.serverId ?? '')).words

  function operations(rows: readonly SynchronizationRow[]): OperationEntry[] {
    const [only] = rows
    if (only === undefined) return []
    const available = rows.filter(isAvailable)
    const away = whyAway(rows)
    return runOperations.map((operation) => {
      const whyNot = away === '' ? whyPointless(operation, available) : away
      return {
        id: operation,
        label:
          rows.length === 1
            ? t(`table.commands.one.${operation}`, { key: only.key })
            : counted(`table.commands.selected.${operation}`, rows.length),
        ...(areMeantByKeys(rows) && { shortcut: SHORTCUTS[operation] }),
        isEnabled: whyNot === '',
        ...(whyNot !== '' && { whyNot }),
        run: () => operate(operation, [...rows]),
      }
    })
  }

  function jobs(rows: readonly SynchronizationRow[]): JobEntry[] {
    const [only] = rows
    if (only === undefined) return []
    const entry = (id: JobEntry['id'], label: string, whyNot: string, run: JobEntry['run']): JobEntry => ({
      id,
      label,
      isEnabled: whyNot === '',
      ...(whyNot !== '' && { whyNot }),
      run,
    })
    const whyNoStop = operations(rows).find(({ id }) => id === 'stop')?.whyNot ?? ''
    const stop = (label: string): JobEntry => entry('maintenance', label, whyNoStop, () => plans.planMaintenance(rows))
    // A copy only reads, also on a server that is read-only.
    const whyUnread = rows.some(isReadable) ? '' : whyAway(rows)
    const copyTo = (label: string): JobEntry => entry('copy-to-server', label, whyUnread, () => plans.chooseCopy(rows))
    // Changing or deleting a single one is done in its panel.
    if (rows.length === 1) {
      const { key } = only
      return [
        stop(t('table.commands.one.maintenance', { key })),
        copyTo(t('table.commands.one.copy-to-server', { key })),
      ]
    }
    const away = whyAway(rows)
    const named = (id: JobEntry['id']): string => counted(`table.commands.selected.${id}`, rows.length)
    return [
      stop(named('maintenance')),
      entry('replace', named('replace'), away, () => plans.chooseReplacement(rows)),
      copyTo(named('copy-to-server')),
      entry('clean-up', named('clean-up'), away, () => plans.planCleanUp(rows)),
    ]
  }

  function tagging(rows: readonly SynchronizationRow[]): MenuEntry[] {
    const [only] = rows
    if (only === undefined) return []
    const label =
      rows.length === 1
        ? t('table.commands.one.tags', { key: only.key })
        : counted('table.commands.selected.tags', rows.length)
    return [{ id: 'tags', label, run: () => tag([...rows]) }]
  }

  const exporting = (rows: readonly SynchronizationRow[]): MenuEntry[] =>
    rows.length === 0
      ? []
      : exportFormatSchema.options.map((format) => ({
          id: `export-${format}`,
          label: counted(`table.commands.export.${format}`, rows.length, { key: rows[0]?.key ?? '' }),
          run: () =>
            saving(() =>
              ask('synchronizations:export', {
                targets: rows.map(({ serverId, key }) => ({ serverId, key })),
                format,
              }),
            ),
        }))

  const copied = (text: string, words: string): Promise<void> =>
    attempt(async () => {
      await ask('clipboard:write', { text })
      message.success(words)
    })
  const copy = (rows: readonly SynchronizationRow[]): Promise<void> =>
    copied(
      rows.map(({ serverId, key }) => `${key} ${servers.byId.get(serverId)?.baseUrl ?? ''}`.trim()).join('\n'),
      counted('table.menu.copied', rows.length, { key: rows[0]?.key ?? '' }),
    )

  function menu(rows: readonly SynchronizationRow[]): MenuSection[] {
    const [row, second] = rows
    if (row === undefined) return []
    const copying: MenuEntry = {
      id: 'copy',
      label: t('table.menu.copy'),
      shortcut: 'Mod+C',
      isOfWidget: true,
      run: () => copy(rows),
    }
    if (second !== undefined)
      return [
        { entries: operations(rows) },
        { entries: jobs(rows) },
        { entries: [...tagging(rows), copying, ...exporting(rows)] },
        { entries: [{ id: 'clear', label: t('table.bulk.clear'), run: view.clearSelection }] },
      ]
    const { serverId } = row
    const server = servers.byId.get(serverId)
    const id = refId(row)
    return [
      {
        entries: [
          {
            id: 'open',
            label: t('table.keys.open'),
            shortcut: 'Enter',
            isOfWidget: true,
            run: () => (panels.activeId = id),
          },
          {
            id: 'select',
            label: t(view.selected.has(id) ? 'table.menu.deselect' : 'table.keys.select'),
            shortcut: 'Space',
            isOfWidget: true,
            run: () => view.toggle(id),
          },
        ],
      },
      { entries: operations(rows) },
      { entries: jobs(rows) },
      {
        entries: [
          ...tagging(rows),
          copying,
          {
            id: 'link',
            label: t('panel.actions.link'),
            run: () => copied(deepLink(row, servers.list), t('panel.copied')),
          },
          {
            id: 'jira',
            label: t('panel.actions.open'),
            run: () => attempt(() => ask('links:open', { serverId, target: 'backbone' })),
          },
        ],
      },
      {
        entries: [
          {
            id: 'only-server',
            label: t('table.menu.onlyServer', { server: server?.name ?? '' }),
            isEnabled: !(view.serverIds.length === 1 && view.serverIds[0] === serverId),
            run: () => view.showServer(serverId),
          },
        ],
      },
    ]
  }

  return { operations, jobs, tagging, exporting, menu, copy }
}
