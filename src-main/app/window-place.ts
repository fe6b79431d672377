/** A rectangle of the screen, in device-independent pixels. */
export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where the window was: `bounds` are those it has when it is not maximized. */
export interface WindowPlace {
  readonly bounds: Bounds
  readonly isMaximized: boolean
}

/** For Electron's `BrowserWindow`. Without `x` and `y` the system chooses, in the middle of the primary display. */
export interface Opening {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}

const FIRST_SIZE = { width: 1280, height: 800 }
/** Any narrower, and the table and a panel do not fit side by side. */
export const LEAST_SIZE = { width: 800, height: 560 }
/** As much of the title bar as has to be visible to drag the window elsewhere. */
const GRASP = { width: 120, height: 24 }

/**
 * Where the window opens: where it was, as long as its title bar can still be reached there; otherwise in the middle of
 * the primary display, as large as that allows. `workAreas`: those of all displays, the primary one first.
 */
export function openingAt(last: Bounds | null, workAreas: readonly Bounds[]): Opening {
  const size = last ?? FIRST_SIZE
  const least = { width: Math.max(size.width, LEAST_SIZE.width), height: Math.max(size.height, LEAST_SIZE.height) }
  if (last !== null && workAreas.some((area) => isWithinReach(last, area))) return { x: last.x, y: last.y, ...least }
  const [primary = { x: 0, y: 0, ...least }] = workAreas
  return { width: Math.min(least.width, primary.width), height: Math.min(least.height, primary.height) }
}

function isWithinReach({ x, y, width }: Bounds, area: Bounds): boolean {
  const shownWidth = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
  // The bar itself: a window whose bar is above the display cannot be moved, however much of it is visible.
  return shownWidth >= GRASP.width && y >= area.y && y + GRASP.height <= area.y + area.height
}
