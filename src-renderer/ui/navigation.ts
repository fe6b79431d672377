import { defineStore } from 'pinia'
import { ref } from 'vue'

export type View = 'synchronizations' | 'conflicts' | 'activity' | 'settings'

/** The main views with their names, in their order. */
export const VIEWS: readonly { readonly name: View; readonly label: string }[] = [
  { name: 'synchronizations', label: 'Synchronizations' },
  { name: 'conflicts', label: 'Conflicts' },
  { name: 'activity', label: 'Activity' },
  { name: 'settings', label: 'Settings' },
]

/** Which of the main views is shown. */
export const useNavigation = defineStore('navigation', () => {
  const view = ref<View>('synchronizations')
  const areNotificationsOpen = ref(false)
  return { view, areNotificationsOpen }
})
