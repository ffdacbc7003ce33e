import { Component, inject, signal } from '@angular/core'
import type { Face } from 'mtcnn-wasm'
import { FaceFinder } from './face-finder'

/** Shows a picture that the visitor chooses, with a frame around every face. */
@Component({
  selector: 'face-picture',
  template: `
    <label>A picture <input type="file" accept="image/*" (change)="choose($event)" /></label>
    <p role="status">{{ status() }}</p>
    @if (address(); as address) {
      <div class="picture">
        <img #picture [src]="address" alt="" (load)="search(picture)" />
        <svg [attr.viewBox]="view()">
          @for (face of faces(); track $index) {
            <rect
              [attr.x]="face.box.x"
              [attr.y]="face.box.y"
              [attr.width]="face.box.width"
              [attr.height]="face.box.height"
            />
          }
        </svg>
      </div>
    }
  `,
  styles: `
    .picture { display: inline-grid; }
    .picture > * { grid-area: 1 / 1; max-width: 100%; }
    rect { fill: none; stroke: lime; stroke-width: 2; }
  `,
})
export class FacePicture {
  private readonly finder = inject(FaceFinder)
  protected readonly address = signal('')
  protected readonly view = signal('0 0 1 1')
  protected readonly faces = signal<Face[]>([])
  protected readonly status = signal('')

  protected choose({ target }: Event): void {
    const [file] = (target as HTMLInputElement).files ?? []
    if (!file) return
    URL.revokeObjectURL(this.address())
    this.faces.set([])
    this.status.set('Looking')
    this.address.set(URL.createObjectURL(file))
  }

  protected async search(picture: HTMLImageElement): Promise<void> {
    const { src, naturalWidth, naturalHeight } = picture
    try {
      const faces = await this.finder.find(picture)
      // Another picture may have been chosen meanwhile.
      if (src !== this.address()) return
      this.view.set(`0 0 ${naturalWidth} ${naturalHeight}`)
      this.faces.set(faces)
      this.status.set(`${faces.length} found`)
    } catch (error) {
      if (src === this.address()) this.status.set(error instanceof Error ? error.message : String(error))
    }
  }
}
