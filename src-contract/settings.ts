import * as v from 'valibot'

/** Settings of the application; stored in `state.db`. */
export const settingsSchema = v.strictObject({
  appearance: v.picklist(['system', 'light', 'dark']),
  density: v.picklist(['compact', 'comfortable']),
  /** How often each server is read, in seconds. */
  refreshIntervalSeconds: v.pipe(v.number(), v.integer(), v.minValue(5), v.maxValue(3600)),
  /** Simultaneous requests per server. */
  requestsPerServer: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(12)),
})
export type Settings = v.InferOutput<typeof settingsSchema>

export const defaultSettings: Settings = {
  appearance: 'system',
  density: 'compact',
  refreshIntervalSeconds: 30,
  requestsPerServer: 6,
}
