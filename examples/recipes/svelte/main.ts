import { mount } from 'svelte'
import FaceFinder from './FaceFinder.svelte'

mount(FaceFinder, { target: document.getElementById('app')! })
