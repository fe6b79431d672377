import { expect, it } from 'vitest'
import { createRandom } from '../../src-simulator/random.ts'
import { KilledWriter } from '../support/killed-writer.ts'
import { scratchFolder } from '../support/scratch.ts'

// `npm run attack` does the same for minutes, and kills the whole main process as well.
it('kills at random moments of writing leave both databases whole, and lose nothing that was acknowledged', async () => {
  const random = createRandom(7)
  const lane = async (): Promise<void> => {
    const writer = new KilledWriter(scratchFolder('disk'), random)
    for (let round = 0; round < 4; round += 1) {
      await writer.kill(5)
      expect(writer.problems()).toEqual([])
    }
    expect(writer.acknowledged.size).toBeGreaterThan(20)
  }
  await Promise.all([lane(), lane()])
})
