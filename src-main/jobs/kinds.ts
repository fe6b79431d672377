import type { JobKind } from '#contract/jobs.ts'
import { changeAddresses } from './change-addresses.ts'
import { changeTexts } from './change-texts.ts'
import { cleanUp } from './clean-up.ts'
import { copy } from './copy.ts'
import type { Kind } from './kind.ts'
import { maintenance, maintenanceEnd } from './maintenance.ts'
import { newPassword } from './new-password.ts'

/** What each kind of job does. */
export const kinds: Readonly<Record<JobKind, Kind>> = {
  maintenance,
  'maintenance-end': maintenanceEnd,
  'new-password': newPassword,
  'change-addresses': changeAddresses,
  'change-texts': changeTexts,
  'clean-up': cleanUp,
  copy,
}
