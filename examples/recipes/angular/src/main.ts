import { bootstrapApplication } from '@angular/platform-browser'
import { FacePicture } from './face-picture'

bootstrapApplication(FacePicture)
