import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app/App.vue'
import { useFaults } from './app/faults.ts'
import { onBrokenAnswer } from './backend/ask.ts'
import './fonts.css'
import './styles.css'

const app = createApp(App).use(createPinia())
const faults = useFaults()
app.config.errorHandler = (fault, _component, info) => faults.report(fault, info)
onBrokenAnswer((fault) => faults.log(fault, 'answer'))
window.addEventListener('error', faults.reportEvent)
window.addEventListener('unhandledrejection', (event) => faults.report(event.reason, 'promise'))
app.mount('#app')
