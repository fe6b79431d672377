import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `npm run bench` asks. */
export const isForFigures = process.env.SYNCDECK_FIGURES !== undefined

/** Leaves what a spec counted for `npm run bench`, where that asks for it. */
export function leaveFigures(name: string, figures: object): void {
  const folder = process.env.SYNCDECK_FIGURES
  if (folder !== undefined) writeFileSync(join(folder, `${name}.json`), JSON.stringify(figures))
}
