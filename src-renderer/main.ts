import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app/App.vue'
import { useFaults } from './app/faults.ts'
import { onBrokenAnswer } from './backend/ask.ts'
import './fonts.css'
import './styles.css'

/** In development only: a built application has no such page. */
const isKit = import.meta.env.DEV && location.hash.startsWith('#/kit')
const page = isKit ? (await import('./kit/KitPage.vue')).default : App

const app = createApp(page).use(createPinia())
const faults = useFaults()
app.config.errorHandler = (fault, _component, info) => faults.report(fault, info)
onBrokenAnswer((fault) => faults.log(fault, 'answer'))
window.addEventListener('error', faults.reportEvent)
window.addEventListener('unhandledrejection', (event) => faults.report(event.reason, 'promise'))
app.mount('#app')
