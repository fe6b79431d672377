import { expect, it } from 'vitest'
import { patience } from '../../../tools/patience.ts'
import { liveThroughOrders, ordersTimeoutMs } from '../../support/log-in-orders.ts'

it(
  'no moment locks an account: at most one failed log-in for each act of a user, no captcha that acts do not explain, and answers for nobody are not believed; first half',
  { timeout: patience(ordersTimeoutMs) },
  async () => {
    await expect(liveThroughOrders(0)).resolves.toBeUndefined()
  },
)
