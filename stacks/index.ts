import * as pulumi from "@pulumi/pulumi";
import { readEnvironmentConfig, readSharedConfig } from "./config.ts";
import { environment } from "./environment.ts";
import { shared } from "./shared.ts";

/** The program: what a stack holds follows from its name and its configuration. Pulumi calls it. */
export default function program(): object {
  return pulumi.getStack() === "shared" ? shared(readSharedConfig()) : environment(readEnvironmentConfig());
}
