import { search } from '../cascade/search.ts'
import type { Core } from '../wasm/core.ts'
import type { TeamRequest } from './protocol.ts'
import { TeamLeader } from './team-leader.ts'
import { followLeader } from './team-member.ts'

/** What a worker is in a team: it leads, or has a leader; or there is no team. */
export class TeamSide {
  readonly #core: Core
  #leader: TeamLeader | undefined

  constructor(core: Core) {
    this.#core = core
  }

  take({ member, port }: TeamRequest): void {
    if (member !== undefined) {
      this.#leader ??= new TeamLeader()
      this.#leader.setMember(member, port)
    } else if (port) followLeader(this.#core, port)
  }

  /** As the cascade's `search`; by the whole team where this worker leads one. */
  readonly search: typeof search = (core, pixels, options, detail) => {
    return this.#leader ? this.#leader.search(core, pixels, options, detail) : search(core, pixels, options, detail)
  }
}
