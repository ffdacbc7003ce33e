import { Injectable, type OnDestroy } from '@angular/core'
import { type Face, type ImageInput, MTCNN } from 'mtcnn-wasm'

/** One detector for the whole app; it works in a worker. */
@Injectable({ providedIn: 'root' })
export class FaceFinder implements OnDestroy {
  private readonly detector = MTCNN.create()

  async find(image: ImageInput): Promise<Face[]> {
    return (await this.detector).detectFaces(image)
  }

  async ngOnDestroy(): Promise<void> {
    const detector = await this.detector
    detector.dispose()
  }
}
