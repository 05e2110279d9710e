import { expect } from "chai";
import { assertions } from "../../../local/conformance/assertions.ts";
import { differences } from "../../../local/conformance/differences.ts";
import { contractsDocument, unexplained } from "../../../local/conformance/document.ts";
import { peers } from "../../../local/conformance/peers.ts";
import { openOurs } from "../../../local/conformance/subjects.ts";
import { judge, type Verdict } from "../../../local/conformance/verdict.ts";

describe("what AWS's documentation says of its services", () => {
  let verdicts: Verdict[];
  before(async () => {
    const ours = await openOurs();
    verdicts = await judge(assertions, ours).finally(() => ours.close());
  });

  for (const { id, says } of assertions)
    it(`${id}: ${says}`, () => {
      const { observed, assertion } = verdicts.find(({ assertion: { id: one } }) => one === id) as Verdict;
      expect(observed).to.deep.equal(assertion.expected);
    });

  it("has an id of its own for each, and the page that says it", () => {
    expect(new Set(assertions.map(({ id }) => id)).size).to.equal(assertions.length);
    for (const { source } of assertions)
      expect(source).to.match(
        /^(S3|SQS|DynamoDB|EventBridge|SageMaker|STS|CloudWatch|GuardDuty|IAM User Guide|Step Functions|Amazon States Language|RFC|JSONata)/,
      );
  });

  it("is told apart from what others answer: each difference is explained, and each explanation is of one", () => {
    const [moto] = peers;
    const explained = Object.keys(differences["moto"] ?? {});
    const differing = verdicts.map((verdict) => (explained.includes(verdict.assertion.id) ? { ...verdict, agrees: false, observed: "other" } : verdict));
    expect(unexplained(moto!, differing)).to.deep.equal([]);
    const [first] = differing;
    expect(unexplained(moto!, [{ ...first!, agrees: false, observed: "other" }, ...differing.slice(1)])).to.deep.equal([
      `moto differs in ${first?.assertion.id}, and nothing says why: it gives "other".`,
    ]);
    expect(unexplained(moto!, verdicts)).to.deep.equal(explained.map((id) => `moto is said to differ in ${id}, and does not.`));
    expect(contractsDocument([{ peer: moto!, version: "1", verdicts: differing }])).to.include(`| \`${explained[0]}\` | moto |`);
  });

  it("is seen where it fails: an assertion that can't be tried differs, with the error", async () => {
    const [broken] = await judge([{ ...assertions[0]!, observe: () => Promise.reject(new TypeError("no such client")) }], {} as never);
    expect([broken?.agrees, broken?.observed]).to.deep.equal([false, { failed: "TypeError: no such client" }]);
  });
});
