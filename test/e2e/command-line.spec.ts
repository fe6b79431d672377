import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { launchSyncdeck } from '../../tools/launch/launch-syncdeck.ts'
import { scratchFolder } from '../support/scratch.ts'

it('a switch that nobody knows ends Syncdeck with 64, a line that helps, and an untouched folder', async () => {
  const userData = scratchFolder()
  await expect(launchSyncdeck({ userData, switches: ['--readonly'] })).rejects.toThrow(
    /ended with code 64[^]*Syncdeck does not know --readonly\. It knows --demo, /,
  )
  expect(readdirSync(userData)).toEqual([])
})
