import type { Rectangle } from 'electron'

/**
 * The work areas of `SYNCDECK_HOST_DISPLAYS`, the primary one first, as JSON; one of the usual size if it is not set.
 */
export function workAreas(): Rectangle[] {
  return JSON.parse(process.env.SYNCDECK_HOST_DISPLAYS ?? '[{"x":0,"y":0,"width":1920,"height":1080}]') as Rectangle[]
}

/** Where Electron opens a window that is given no place. */
export function inTheMiddle({ width, height }: { width: number; height: number }): { x: number; y: number } {
  const [area = { x: 0, y: 0, width, height }] = workAreas()
  return {
    x: area.x + Math.max(0, Math.floor((area.width - width) / 2)),
    y: area.y + Math.max(0, Math.floor((area.height - height) / 2)),
  }
}
