import { enableCompileCache } from 'node:module'

// Playwright is by far the largest that is loaded. And no TypeScript before this: what is left of it without its types
// is kept as well, and to take them away takes a tenth of a second.
enableCompileCache()

await import('./run.ts')
