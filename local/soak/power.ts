import type { PlatformClient } from "../cli/client.ts";
import type { Session } from "../cli/session.ts";
import { StartedPlatform } from "../cli/started-platform.ts";

/** The platform as a process of its own, whose power can be cut. */
export class Power {
  readonly #dataDir: string;
  readonly #faults: string | undefined;
  #platform: StartedPlatform | undefined;
  /** How often it was cut. */
  cuts = 0;

  constructor(dataDir: string, faults: string | undefined) {
    this.#dataDir = dataDir;
    this.#faults = faults;
  }

  get #running(): StartedPlatform {
    if (this.#platform === undefined) throw new Error("The power is off.");
    return this.#platform;
  }
  /** The platform as it runs now. Throws while it does not. */
  get session(): Session {
    return this.#running.session;
  }
  get client(): PlatformClient {
    return this.#running.client;
  }

  /** Starts the platform and waits until it serves. */
  async on(): Promise<void> {
    this.#platform = await StartedPlatform.start(this.#dataDir, this.#faults);
  }

  /** Ends the process at once, as a power cut does, and starts it again. */
  async cut(): Promise<void> {
    this.cuts++;
    const platform = this.#running;
    this.#platform = undefined;
    await platform.kill();
    await this.on();
  }

  async off(): Promise<void> {
    const platform = this.#platform;
    this.#platform = undefined;
    await platform?.stop();
  }
}
