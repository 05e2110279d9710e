import { expect } from "chai";
import { cluster, hasLocalDisks } from "../../../components/analysis/instance-types.ts";
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

  const one = { InstanceCount: 1, VolumeSizeInGB: 50 };

  it("with local disks encrypt those themselves and take no key", () => {
    for (const type of local) expect([hasLocalDisks(type), cluster([type], "key")]).to.deep.equal([true, { ...one, InstanceType: type }]);
    for (const type of none)
      expect([hasLocalDisks(type), cluster([type], "key")]).to.deep.equal([false, { ...one, InstanceType: type, VolumeKmsKeyId: "key" }]);
  });

  it("fall back to one another in order, where they agree about a key", () => {
    const preferences = (...types: string[]) => ({ ...one, InstancePreferences: types.map((InstanceType) => ({ InstanceType })) });
    expect(cluster(["ml.g6.xlarge", "ml.g5.xlarge"], "key")).to.deep.equal(preferences("ml.g6.xlarge", "ml.g5.xlarge"));
    expect(cluster(["ml.c5.xlarge", "ml.m5.xlarge"], "key")).to.deep.equal({ ...preferences("ml.c5.xlarge", "ml.m5.xlarge"), VolumeKmsKeyId: "key" });
    expect(() => cluster(["ml.g6.xlarge", "ml.c5.xlarge"], "key")).to.throw(
      "One job can't fall back between ml.g6.xlarge, ml.c5.xlarge: some encrypt their disks themselves and refuse a key, others need one.",
    );
  });

  it("are judged alike by the policy pack", () => {
    for (const type of [...local, ...none]) expect([type, hasLocalNvme(type)]).to.deep.equal([type, hasLocalDisks(type)]);
  });
});
