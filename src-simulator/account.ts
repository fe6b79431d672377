/** A person or machine that may log in to the simulated Jira. */
export interface Account {
  readonly name: string
  password: string
  readonly tokens: readonly string[]
  /** What Backbone lets the account do. */
  readonly role: 'system-administrator' | 'project-administrator' | 'none'
  /** For project administrators: their projects. */
  readonly projects: readonly string[]
}
