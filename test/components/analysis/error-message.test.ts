import { expect } from "chai";
import jsonata from "jsonata";
import { errorMessage } from "../../../components/analysis/asl.ts";

describe("the message of a state that failed", () => {
  const told = (errorOutput: { Error: string; Cause?: string }): Promise<unknown> => {
    const expression = jsonata(errorMessage);
    expression.registerFunction("parse", (text: string) => JSON.parse(text));
    return expression.evaluate(undefined, { states: { errorOutput } });
  };
  const json = (facts: object) => ({ Error: "States.TaskFailed", Cause: JSON.stringify(facts) });

  it("is the function's own sentence", async () => {
    expect(await told({ Error: "InvalidInput", Cause: JSON.stringify({ errorType: "InvalidInput", errorMessage: "It is empty." }) })).to.equal("It is empty.");
  });
  it("is the reason of a SageMaker job", async () => {
    expect(await told(json({ ProcessingJobName: "j", FailureReason: "AlgorithmError: out of memory" }))).to.equal("AlgorithmError: out of memory");
  });
  it("is the error of a MediaConvert job", async () => {
    expect(await told(json({ Id: "1", ErrorCode: 1999, ErrorMessage: "The encoder stopped." }))).to.equal("The encoder stopped.");
  });
  it("is why a task of ECS stopped, and with what its containers exited", async () => {
    const StoppedReason = "Essential container in task exited";
    expect(await told(json({ StoppedReason, Containers: [{ Name: "main", ExitCode: 137 }] }))).to.equal(`The task stopped: ${StoppedReason} with 137.`);
    expect(await told(json({ StoppedReason: "CannotPullContainerError", Containers: [{ Name: "main" }] }))).to.equal(
      "The task stopped: CannotPullContainerError.",
    );
  });
  it("is error and cause where the cause is text, is cut, or tells nothing", async () => {
    expect(await told({ Error: "S3.NoSuchKey", Cause: "There is none." })).to.equal("S3.NoSuchKey: There is none.");
    expect(await told({ Error: "States.TaskFailed", Cause: '{"FailureReason":"cut' })).to.equal('States.TaskFailed: {"FailureReason":"cut');
    expect(await told({ Error: "States.Timeout" })).to.equal("States.Timeout: ");
  });
  it("has 2000 characters at most", async () => {
    expect(await told({ Error: "E", Cause: "x".repeat(5000) })).to.have.length(2000);
  });
});
