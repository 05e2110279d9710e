import { z } from "zod";

/**
 * The part of a task definition that is implemented here, as one strict schema: anything else is an error that names it. What
 * bounds a container on AWS and can't be had without a container engine (user, capabilities, read-only files, size) is taken as it is.
 */

const container = z.strictObject({
  name: z.string().min(1),
  image: z.string().min(1),
  essential: z.literal(true),
  command: z.array(z.string()).default([]),
  user: z.string(),
  readonlyRootFilesystem: z.boolean(),
  linuxParameters: z.strictObject({ initProcessEnabled: z.boolean(), capabilities: z.strictObject({ drop: z.array(z.string()) }) }),
  environment: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })),
  mountPoints: z.array(z.strictObject({ sourceVolume: z.string(), containerPath: z.string().startsWith("/"), readOnly: z.literal(false) })),
  logConfiguration: z.strictObject({ logDriver: z.literal("awslogs"), options: z.record(z.string(), z.string()) }),
});

const taskDefinition = z
  .strictObject({
    arn: z.string().regex(/^arn:aws:ecs:[a-z0-9-]+:\d{12}:task-definition\/[\w-]+:\d+$/),
    requiresCompatibilities: z.tuple([z.literal("FARGATE")]),
    networkMode: z.literal("awsvpc"),
    cpu: z.string(),
    memory: z.string(),
    taskRoleArn: z.string().startsWith("arn:"),
    executionRoleArn: z.string().startsWith("arn:"),
    volumes: z.array(z.strictObject({ name: z.string() })),
    containers: z.tuple([container]),
  })
  .superRefine(({ volumes, containers: [{ mountPoints }] }, context) => {
    for (const { sourceVolume } of mountPoints)
      if (!volumes.some(({ name }) => name === sourceVolume))
        context.addIssue({ code: "custom", path: ["containers", 0, "mountPoints"], message: `mounts ${sourceVolume}, which is none of the task's volumes` });
  });

/** A task of one container, as a stack registers it. */
export type TaskDefinition = z.infer<typeof taskDefinition>;

/** Throws an error with everything that is not implemented, or wrong. */
export function parseTaskDefinition(value: unknown): TaskDefinition {
  const parsed = taskDefinition.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`);
  throw new Error(`The local cloud does not implement this task definition of ECS. ${faults.join("; ")}.`);
}
