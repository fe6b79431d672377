import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SynchronizationTemplate } from './template.ts'

/** Whether a synchronization is being created, and like which one. */
export const useCreating = defineStore('creating', () => {
  const isOpen = ref(false)
  const like = shallowRef<SynchronizationTemplate | null>(null)

  /** Opens the dialog: empty, or filled in like another synchronization. */
  function begin(template: SynchronizationTemplate | null): void {
    like.value = template
    isOpen.value = true
  }

  function close(): void {
    isOpen.value = false
  }

  return { isOpen, like, begin, close }
})
