import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The parts of a panel, the most needed first: the last ones fold away first. */
export const PANEL_TABS = ['overview', 'connection', 'conflicts', 'history', 'configuration', 'links', 'json'] as const
export type PanelTab = (typeof PANEL_TABS)[number]

/**
 * The part that was chosen last: a panel that opens begins with it, so that one part of many synchronizations is read
 * row by row.
 */
export const useLastTab = defineStore('panel-tab', () => ({ tab: ref<PanelTab>('overview') }))
