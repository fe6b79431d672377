import { describe, expect, it } from 'vitest'
import { openingAt, type WindowPlace } from '../../src-main/app/window-place.ts'
import { WindowPlaceStore } from '../../src-main/app/window-place-store.ts'
import type { Logger } from '../../src-main/logging/logger.ts'
import type { SettingTable } from '../../src-main/storage/setting-table.ts'

const PRIMARY = { x: 0, y: 25, width: 1920, height: 1055 }
const SECOND = { x: -1600, y: 0, width: 1600, height: 900 }

describe('the window opens', () => {
  it('in the middle, and at its first size, where it never was', () => {
    expect(openingAt(null, [PRIMARY])).toEqual({ width: 1280, height: 800 })
  })

  it('no larger than the primary display', () => {
    expect(openingAt(null, [{ x: 0, y: 0, width: 1024, height: 640 }])).toEqual({ width: 1024, height: 640 })
  })

  it('where it was, on any display, also across two', () => {
    for (const bounds of [
      { x: 200, y: 100, width: 1400, height: 900 },
      { x: -1500, y: 10, width: 1000, height: 700 },
      { x: -700, y: 40, width: 1400, height: 800 },
    ])
      expect(openingAt(bounds, [PRIMARY, SECOND])).toEqual(bounds)
  })

  it.each([
    ['its display is gone', { x: -1500, y: 10, width: 1000, height: 700 }],
    ['its bar would be above the display', { x: 300, y: -400, width: 1000, height: 700 }],
    ['its bar would be below the display', { x: 300, y: 1075, width: 1000, height: 700 }],
    ['too little of its bar would be left of it', { x: 1850, y: 100, width: 1000, height: 700 }],
  ])('in the middle, as large as it was, where %s', (_why, bounds) => {
    expect(openingAt(bounds, [PRIMARY])).toEqual({ width: 1000, height: 700 })
  })

  it('no smaller than it can be used', () => {
    expect(openingAt({ x: 10, y: 30, width: 200, height: 20 }, [PRIMARY])).toEqual({
      x: 10,
      y: 30,
      width: 800,
      height: 560,
    })
  })

  it('at its first size where the system names no display', () => {
    expect(openingAt(null, [])).toEqual({ width: 1280, height: 800 })
  })
})

describe('the place of the window', () => {
  const place: WindowPlace = { bounds: { x: 1, y: 2, width: 900, height: 700 }, isMaximized: true }
  const logger: Logger = { write: () => undefined }
  const tableOf = (stored: Record<string, unknown>): SettingTable =>
    ({ all: () => stored, put: (name: string, value: unknown) => void (stored[name] = value) }) as SettingTable

  it('is kept', () => {
    const table = tableOf({})
    new WindowPlaceStore(table, logger).save(place)
    expect(new WindowPlaceStore(table, logger).load()).toEqual(place)
  })

  it.each([[undefined], [null], [{ bounds: { x: 1.5, y: 0, width: 1, height: 1 }, isMaximized: false }], ['here']])(
    'is none where %j is stored',
    (windowPlace) => {
      expect(new WindowPlaceStore(tableOf({ windowPlace }), logger).load()).toBeNull()
    },
  )

  it('may be lost where the disk is full', () => {
    const put = (): void => {
      throw new Error('database or disk is full')
    }
    const full = { all: () => ({}), put } as unknown as SettingTable
    const written: string[] = []
    new WindowPlaceStore(full, { write: (_level, what) => void written.push(what) }).save(place)
    expect(written).toEqual(['place of the window not stored'])
  })
})
