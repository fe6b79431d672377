/** A person or machine that may log in to the simulated Jira. */
export interface Account {
  readonly name: string
  password: string
  readonly tokens: readonly string[]
  /** True: a user without access to any application, whose correct password is refused as well. */
  readonly hasNoAccess?: boolean
  /** What Backbone lets the account do. */
  readonly role: 'system-administrator' | 'project-administrator' | 'none'
  /** For project administrators: their projects. */
  readonly projects: readonly string[]
}
