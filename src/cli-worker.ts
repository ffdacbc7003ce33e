import { serve } from './bulk/worker.ts'

serve(process)
