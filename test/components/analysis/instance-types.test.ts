import { expect } from "chai";
import { hasLocalDisks, volumeKey } from "../../../components/analysis/instance-types.ts";
import { hasLocalNvme } from "../../../policies/data/local-nvme-families.ts";

describe("instance types", () => {
  const local = [
    "ml.g4dn.xlarge",
    "ml.g5.2xlarge",
    "ml.g6.xlarge",
    "ml.g6e.xlarge",
    "ml.g7e.2xlarge",
    "ml.p4d.24xlarge",
    "ml.p5.48xlarge",
    "ml.m5d.large",
    "ml.c6gd.large",
  ];
  const none = ["ml.m5.large", "ml.c5.xlarge", "ml.p3.2xlarge", "ml.r6g.large", "ml.c7i.large"];

  it("with local disks encrypt those themselves and take no key", () => {
    for (const type of local) expect([type, hasLocalDisks(type), volumeKey(type, "key")]).to.deep.equal([type, true, {}]);
    for (const type of none) expect([type, hasLocalDisks(type), volumeKey(type, "key")]).to.deep.equal([type, false, { VolumeKmsKeyId: "key" }]);
  });

  it("are judged alike by the policy pack", () => {
    for (const type of [...local, ...none]) expect([type, hasLocalNvme(type)]).to.deep.equal([type, hasLocalDisks(type)]);
  });
});
