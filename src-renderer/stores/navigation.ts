import { defineStore } from 'pinia'
import { ref } from 'vue'

export type View = 'synchronizations' | 'conflicts' | 'activity' | 'settings'

/** Which of the main views is shown. */
export const useNavigation = defineStore('navigation', () => {
  const view = ref<View>('synchronizations')
  const areNotificationsOpen = ref(false)
  return { view, areNotificationsOpen }
})
