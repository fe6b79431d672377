import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The main views, in their order. */
export const VIEWS = ['overview', 'synchronizations', 'conflicts', 'jobs', 'activity', 'settings'] as const
export type View = (typeof VIEWS)[number]

/** Which of the main views is shown. */
export const useNavigation = defineStore('navigation', () => {
  const view = ref<View>('overview')
  const areNotificationsOpen = ref(false)
  /** The list of all that is wrong. */
  const areTroublesOpen = ref(false)
  return { view, areNotificationsOpen, areTroublesOpen }
})
