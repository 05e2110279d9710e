import type { Obligation } from "../../policies/data/security-rule.ts";
import type { ControlStatus, Verdict } from "./evidence.ts";

export type Language = "en" | "zh-TW";

/** The words of the report around what the rules themselves say. */
export interface Words {
  readonly title: string;
  readonly subtitle: string;
  readonly facts: Readonly<Record<"stack" | "account" | "date" | "commit" | "resources" | "rules" | "judgements" | "violations" | "waivers", string>>;
  readonly verdict: { readonly compliant: string; readonly violated: string };
  readonly headings: Readonly<Record<"summary" | "violations" | "waived" | "unjudged" | "controls" | "rules" | "results" | "data" | "limits", string>>;
  readonly columns: Readonly<
    Record<
      | "rule"
      | "resource"
      | "severity"
      | "controls"
      | "message"
      | "reason"
      | "approver"
      | "expires"
      | "section"
      | "obligation"
      | "status"
      | "remediation"
      | "asOf"
      | "description"
      | "source"
      | "kept",
      string
    >
  >;
  /** How many paragraphs have each status: `{n}` of all. */
  readonly coverage: Readonly<Record<ControlStatus, string>>;
  readonly proposed: string;
  readonly verdicts: Readonly<Record<Verdict | "notApplicable", string>>;
  readonly statuses: Readonly<Record<ControlStatus, string>>;
  readonly obligations: Readonly<Record<Obligation, string>>;
  readonly none: string;
  readonly limits: readonly string[];
}

export const words: Readonly<Record<Language, Words>> = {
  en: {
    title: "HIPAA Security Rule: evidence",
    subtitle: "What the program of a stack declares, judged by the policy pack. 45 CFR 164.316(b)(1).",
    facts: {
      stack: "Stack",
      account: "Accounts",
      date: "Evaluated",
      commit: "Commit",
      resources: "Resources",
      rules: "Rules",
      judgements: "Judgements",
      violations: "Violations",
      waivers: "Waivers",
    },
    verdict: { compliant: "Every mandatory rule is kept.", violated: "Mandatory rules are violated, or waivers may not stand." },
    headings: {
      summary: "Summary",
      violations: "Violations",
      waived: "Waived violations",
      unjudged: "Could not be judged",
      controls: "Paragraphs of the Security Rule",
      rules: "Rules",
      results: "Judgements by resource",
      data: "Data that the rules judge by",
      limits: "What this document does not show",
    },
    columns: {
      rule: "Rule",
      resource: "Resource",
      severity: "Severity, level",
      controls: "Paragraphs",
      message: "Finding",
      reason: "Reason",
      approver: "Approved by",
      expires: "Expires",
      section: "45 CFR",
      obligation: "Obligation",
      status: "Status",
      remediation: "Remedy",
      asOf: "As of",
      description: "What it asks",
      source: "Data",
      kept: "Kept rules",
    },
    coverage: {
      kept: "paragraphs are served by rules that are kept",
      violated: "are served by a rule that is violated",
      "not evaluated": "are served by rules that had nothing to judge in this stack",
      organisational: "are for the organisation, and no program's matter",
    },
    proposed:
      "Held to the rule proposed in 2025 (90 FR 898), too: its rules are mandatory at their strictest, and no waiver counts, because it would end “addressable”. It is not in force.",
    verdicts: { pass: "pass", fail: "fail", waived: "waived", unjudged: "not judged", notApplicable: "not applicable" },
    statuses: { kept: "kept", violated: "violated", "not evaluated": "not evaluated", organisational: "organisational" },
    obligations: { required: "required", addressable: "addressable", standard: "standard", privacy: "Privacy Rule" },
    none: "None.",
    limits: [
      "It judges what the program declares, not what exists in an account: AWS Config and Security Hub, which the program sets up, watch that.",
      "“Kept” means that every rule which cites the paragraph was kept wherever it applied. It is not a legal opinion, and rules cover the technical part of a paragraph only.",
      "“Organisational” paragraphs need policies, training and contracts that no program makes.",
    ],
  },
  "zh-TW": {
    title: "HIPAA 安全規則：佐證文件",
    subtitle: "堆疊程式所宣告的資源，由政策包逐一評判。45 CFR 164.316(b)(1)。",
    facts: {
      stack: "堆疊",
      account: "帳戶",
      date: "評估時間",
      commit: "提交版本",
      resources: "資源數",
      rules: "規則數",
      judgements: "評判次數",
      violations: "違規數",
      waivers: "豁免數",
    },
    verdict: { compliant: "所有強制規則皆已遵守。", violated: "有強制規則遭違反，或有豁免不得成立。" },
    headings: {
      summary: "摘要",
      violations: "違規項目",
      waived: "已豁免的違規",
      unjudged: "無法評判",
      controls: "安全規則條文",
      rules: "規則",
      results: "逐資源評判",
      data: "規則所依據的資料",
      limits: "本文件未能證明的事項",
    },
    columns: {
      rule: "規則",
      resource: "資源",
      severity: "嚴重程度、層級",
      controls: "條文",
      message: "發現",
      reason: "理由",
      approver: "核准人",
      expires: "到期日",
      section: "45 CFR",
      obligation: "義務",
      status: "狀態",
      remediation: "改善方式",
      asOf: "資料日期",
      description: "要求",
      source: "資料",
      kept: "已遵守的規則",
    },
    coverage: {
      kept: "條由已遵守的規則支持",
      violated: "條有規則遭違反",
      "not evaluated": "條的規則在此堆疊中沒有可評判的資源",
      organisational: "條屬於組織措施，非程式所能處理",
    },
    proposed: "同時依 2025 年提案（90 FR 898）評判：相關規則一律強制並採最嚴格設定，且不承認任何豁免，因為該提案將取消「可處置」規格。該提案尚未生效。",
    verdicts: { pass: "通過", fail: "違反", waived: "豁免", unjudged: "未評判", notApplicable: "不適用" },
    statuses: { kept: "遵守", violated: "違反", "not evaluated": "未評估", organisational: "組織措施" },
    obligations: { required: "必要", addressable: "可處置", standard: "標準", privacy: "隱私規則" },
    none: "無。",
    limits: [
      "本文件評判的是程式所宣告的內容，而非帳戶中實際存在的資源；後者由程式所建立的 AWS Config 與 Security Hub 持續監看。",
      "「遵守」表示引用該條文的每條規則在其適用之處皆已遵守；這不是法律意見，且規則只涵蓋條文的技術部分。",
      "「組織措施」所指的條文需要政策、訓練與契約，任何程式都無法產生。",
    ],
  },
};
