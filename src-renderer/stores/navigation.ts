import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Which of the main views is shown. */
export const useNavigation = defineStore('navigation', () => {
  const view = ref<'synchronizations' | 'activity'>('synchronizations')
  return { view }
})
