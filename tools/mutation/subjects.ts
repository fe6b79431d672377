/** What is mutated together, and the specs that have to detect it. */
export interface Subject {
  /** Folders or files, from the project's folder. */
  readonly sources: readonly string[]
  /** Paths of specs below `test/`, without their ending. */
  readonly specs: readonly string[]
}

const unit = (...names: string[]): string[] => names.map((name) => `unit/${name}`)
const component = (...names: string[]): string[] => names.map((name) => `component/${name}`)

/**
 * The folders whose conclusions matter most, each with the specs beside it: a mutant that only a far-away spec would
 * notice counts as one that nothing noticed.
 */
export const SUBJECTS: Readonly<Record<string, Subject>> = {
  http: {
    sources: ['src-main/http'],
    specs: unit(
      'answers-for-nobody',
      'auth-gate',
      'auth-gate-orders',
      'circuit-breaker',
      'jira-client',
      'json-answer',
      'log-in-attempts',
      'proxy',
      'proxy-echo',
      'proxy-gate',
      'rate-limited-client',
      'rate-limiter',
      'response-verdict',
      'session',
      'strike-secrets',
      'tls',
    ),
  },
  tasks: {
    sources: ['src-main/tasks'],
    specs: unit('effect-reader', 'intent', 'lost-changes', 'lost-writes', 'task-store', 'tasks', 'unreadable-tasks'),
  },
  editing: {
    sources: ['src-main/editing'],
    specs: [...unit('created', 'editing', 'editor', 'lost-changes', 'lost-writes'), 'contract/request-bodies'],
  },
  monitor: { sources: ['src-main/monitor'], specs: unit('monitor', 'monitor-handlers', 'monitor-rounds') },
  synchronizations: {
    sources: ['src-main/synchronizations'],
    specs: unit('directory', 'gaps', 'health', 'reading-gaps', 'since', 'synchronizations'),
  },
  conflicts: { sources: ['src-main/conflicts'], specs: unit('conflicts') },
  secrets: { sources: ['src-main/secrets'], specs: unit('credential-store') },
  audit: { sources: ['src-main/audit/audit-log.ts'], specs: unit('audit-log') },
  renderer: {
    sources: [
      'src-renderer/conflicts/group-conflicts.ts',
      'src-renderer/history/timeline-segments.ts',
      'src-renderer/palette/find-entries.ts',
      'src-renderer/panel/drafts.ts',
      'src-renderer/servers/rate-limit.ts',
      'src-renderer/servers/troubles.ts',
      'src-renderer/servers/unavailability.ts',
      'src-renderer/synchronizations/deep-link.ts',
      'src-renderer/table/sort-rows.ts',
      'src-renderer/table/table-view.ts',
      'src-renderer/text',
      'src-renderer/ui/moved-cursor.ts',
    ],
    specs: component(
      'conflict-list',
      'conflicts',
      'deep-link',
      'drafts',
      'palette',
      'rate-limit',
      'sort-rows',
      'table-view',
      'troubles',
      'wording',
    ),
  },
}
