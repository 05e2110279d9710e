import { expect } from "chai";
import { problemTitles } from "../../../contracts/api.ts";
import { listOf, preferredLanguage, texts, wordFor } from "../../../web/text/text.ts";

/** Every word of a dictionary with its path; of one that takes values, what it says of some. */
function* words(of: object, path = ""): Generator<[string, string]> {
  for (const [key, value] of Object.entries(of)) {
    if (typeof value === "string") yield [`${path}${key}`, value];
    else if (typeof value === "function") yield [`${path}${key}`, String((value as (...args: unknown[]) => unknown)(3, 3))];
    else yield* words(value as object, `${path}${key}.`);
  }
}

describe("words of the page", () => {
  it("are there in both languages, and say something", () => {
    const [english, chinese] = [new Map(words(texts.en)), new Map(words(texts["zh-TW"]))];
    expect([...chinese.keys()].sort()).to.deep.equal([...english.keys()].sort());
    expect([...english, ...chinese].filter(([, word]) => word.trim() === "")).to.deep.equal([]);
  });

  it("are Chinese where they should be", () => {
    const latin = [...words(texts["zh-TW"])].filter(([key, word]) => !/\p{Script=Han}/u.test(word) && !/\d/.test(word) && key !== "otherLanguage");
    expect(latin).to.deep.equal([]);
  });

  it("have the marks of Chinese between Chinese words", () => {
    const halfWidth = [...words(texts["zh-TW"])].filter(([, word]) => /\p{Script=Han}[,:;?!(]|[,:;?!)]\p{Script=Han}/u.test(word));
    expect(halfWidth).to.deep.equal([]);
  });

  it("count in the singular and in the plural", () => {
    const { cases, review, run } = texts.en;
    expect([cases.count(1, true), cases.count(2, false)]).to.deep.equal(["1 case", "2 cases, and more"]);
    expect([review.spans(1), review.spans(2)]).to.deep.equal(["In sight 1 time", "In sight 2 times"]);
    expect(run.redriven(1)).to.equal("Taken up again 1 time after a failure.");
  });

  it("say in both languages what speaks against a correction, with tracks counted as the page counts them", () => {
    const [english, chinese] = [texts.en.objections, texts["zh-TW"].objections];
    expect([english.drawnAlready(10, 20, 0), chinese.drawnAlready(10, 20, 0)]).to.deep.equal([
      ...["Frames 10 to 20 of track 1 were drawn anew already.", "軌跡 1 的影格 10 至 20 已重新繪製過。"],
    ]);
    expect([english.unknownWord("x", "a", "b"), chinese.unknownWord("x", "a", "b"), chinese.unknownWord("x")]).to.deep.equal([
      '"x" is none of the words that the analysis knows here: a, b.',
      "「x」不在此處分析所用的詞彙中：a、b。",
      "「x」不在此處分析所用的詞彙中：沒有任何詞彙。",
    ]);
    expect(chinese.missing("object", "7")).to.equal("分析結果與修正中沒有方框 7。");
  });

  it("stand one after the other as the language has it", () => {
    expect([listOf("en", ["a", "b"]), listOf("zh-TW", ["甲", "乙"]), listOf("zh-TW", ["甲"])]).to.deep.equal(["a, b", "甲、乙", "甲"]);
  });

  it("say of every refusal of the platform what kind it is", () => {
    const told = [...Object.keys(problemTitles), "401", "403", "429"].sort();
    for (const { refusals } of Object.values(texts)) expect(Object.keys(refusals)).to.deep.equal(told);
  });

  it("name what the page does not know as the platform does", () => {
    expect([wordFor(texts.en.statuses, "RUNNING"), wordFor(texts.en.statuses, "THAWING"), wordFor(texts.en.statuses, "toString")]).to.deep.equal([
      ...["Being analysed", "THAWING", "toString"],
    ]);
  });

  it("are in the language last chosen, else in the browser's", () => {
    expect([preferredLanguage(null, "zh-HK"), preferredLanguage("en", "zh-TW"), preferredLanguage(null, "de"), preferredLanguage("zh-TW", "en")]).to.deep.equal(
      [...["zh-TW", "en", "en", "zh-TW"]],
    );
  });
});
