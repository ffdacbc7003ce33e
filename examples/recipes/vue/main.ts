import { createApp } from 'vue'
import FaceFinder from './FaceFinder.vue'

createApp(FaceFinder).mount('#app')
