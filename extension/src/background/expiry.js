/**
 * Certificates of the person that end soon are announced before they do: by a sign on the toolbar button, whose menu
 * says which. Looked at when mail is read, a few times a day at most; a host that cannot say says nothing.
 */

/** Between two looks. In milliseconds. */
const EVERY = 6 * 60 * 60 * 1000;

export class Expiry {
  /**
   * @param {Pick<import("../lib/host.js").Host, "notices">} host
   * @param {(announced: boolean) => unknown} show
   * @param {() => number} [clock]  milliseconds
   */
  constructor(host, show, clock = Date.now) {
    this.host = host;
    this.show = show;
    this.clock = clock;
    this.next = -Infinity;
  }

  async look() {
    if (this.clock() < this.next) return;
    this.next = this.clock() + EVERY;
    try {
      const notices = await this.host.notices();
      await this.show(notices.length > 0);
    } catch {
      // What is wrong with the host is said where somebody waits for it.
    }
  }
}
