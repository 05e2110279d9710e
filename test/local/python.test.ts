import { expect } from "chai";
import { lackingModules, trainingModules, whyNoTraining } from "../../local/python.ts";

describe("the Python that trains", () => {
  it("lacks everything where there is none", () => {
    expect(lackingModules("/nowhere/python3", ["torch", "onnx"])).to.deep.equal(["torch", "onnx"]);
    expect(whyNoTraining("/nowhere/python3")).to.equal(
      `Training needs a Python with ${trainingModules.join(", ")}; /nowhere/python3 lacks ${trainingModules.join(", ")}. npm run verify:python prepares one, and PYTHON names another.`,
    );
  });

  it("is not asked twice for the same, and asked anew of another", () => {
    const first = whyNoTraining("/nowhere/python3");
    expect(whyNoTraining("/nowhere/python3")).to.equal(first);
    expect(whyNoTraining("/elsewhere/python3")).to.include("/elsewhere/python3 lacks");
  });
});
