import { isAbort, sentence } from '../server/http';
import { getPicture } from '../server/studies';

export interface Picture {
  readonly url: string;
  /** A blob: address for an img element; empty when the server gave no picture. */
  readonly source: string;
  readonly error: string;
}

const keep = 400; // pictures; some 60 MB of PNG at 512 × 512
const aheadAtOnce = 4;

/**
 * Fetches pictures for one viewport: first the wanted one, then those that will likely be wanted next. While one is on
 * its way a newer wish replaces the older unanswered one, so that a fast wheel or a drag asks for what is on the screen
 * and not for all in between. Holds the last `keep` pictures. Belongs to whoever made it, who must `dispose` of it.
 */
export class PictureFetcher {
  readonly #held = new Map<string, Picture>(); // in the order of their last use
  readonly #cancel = new AbortController();
  #wanted = '';
  #ahead: readonly string[] = [];
  #fetching = false;
  #prefetching = new Set<string>();

  constructor(private readonly shown: (picture: Picture) => void) {}

  /** @param ahead what to fetch when there is nothing more urgent, the most likely first */
  want(url: string, ahead: readonly string[]): void {
    this.#wanted = url;
    this.#ahead = ahead;
    const held = this.#use(url);
    if (held) this.shown(held);
    void this.#fetchWanted();
  }

  holds(url: string): boolean {
    return this.#held.has(url);
  }

  dispose(): void {
    this.#cancel.abort();
    for (const picture of this.#held.values()) URL.revokeObjectURL(picture.source);
    this.#held.clear();
  }

  async #fetchWanted(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    while (!this.#held.has(this.#wanted) && !this.#cancel.signal.aborted) {
      const picture = await this.#fetch(this.#wanted);
      if (!picture) break;
      // Even when the wish has moved on, this is nearer to it than what is on the screen, unless the wish is there already.
      if (picture.url === this.#wanted || !this.#held.has(this.#wanted)) this.shown(picture);
    }
    this.#fetching = false;
    this.#fetchAhead();
  }

  #fetchAhead(): void {
    for (const url of this.#ahead) {
      if (this.#fetching || this.#prefetching.size >= aheadAtOnce || this.#cancel.signal.aborted) return;
      if (this.#held.has(url) || this.#prefetching.has(url)) continue;
      this.#prefetching.add(url);
      void this.#fetch(url).then(() => {
        this.#prefetching.delete(url);
        this.#fetchAhead();
      });
    }
  }

  async #fetch(url: string): Promise<Picture | undefined> {
    let picture: Picture;
    try {
      picture = { url, source: URL.createObjectURL(await getPicture(url, this.#cancel.signal)), error: '' };
    } catch (error) {
      if (isAbort(error)) return undefined;
      picture = { url, source: '', error: sentence(error) };
    }
    if (this.#cancel.signal.aborted) {
      URL.revokeObjectURL(picture.source);
      return undefined;
    }
    this.#held.set(url, picture);
    this.#forgetOldest();
    return picture;
  }

  #use(url: string): Picture | undefined {
    const picture = this.#held.get(url);
    if (!picture) return undefined;
    this.#held.delete(url);
    this.#held.set(url, picture);
    return picture;
  }

  #forgetOldest(): void {
    for (const [url, picture] of this.#held) {
      if (this.#held.size <= keep) return;
      if (url === this.#wanted) continue;
      this.#held.delete(url);
      URL.revokeObjectURL(picture.source);
    }
  }
}
