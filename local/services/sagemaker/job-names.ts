import { ServiceError } from "../../wire/service.ts";

/** What SageMaker says where a job of a kind has the name already. */
export const nameIsTaken = (arn: string): ServiceError =>
  new ServiceError("ResourceInUse", `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`);
