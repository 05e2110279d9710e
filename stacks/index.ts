import * as pulumi from "@pulumi/pulumi";
import { environmentConfig } from "./config/environment.ts";
import { read } from "./config/read.ts";
import { sharedConfig } from "./config/shared.ts";
import { environment } from "./environment/index.ts";
import { shared } from "./shared.ts";

/** The program: what a stack holds follows from its name and its configuration. Pulumi calls it. */
export default function program(): object {
  return pulumi.getStack() === "shared" ? shared(read(sharedConfig)) : environment(read(environmentConfig));
}
