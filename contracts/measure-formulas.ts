import { definitions, limits, type MeasureName } from "./measure-definitions.ts";

const lookedAt = "in-body-time 中為此看過的部分";
const firstClip = "首次夾閉或剪斷";

/** How each measure is computed, for readers of Traditional Chinese; `definitions` says it in English. Measures and labels keep their names. */
export const formulasInChinese: Readonly<Record<MeasureName, string>> = {
  "procedure-time": "從第一個體內影格的開始，到最後一個體內影格的結束。",
  "in-body-time": "隱私閘門未排除的所有影格。",
  "out-of-body-time": "隱私閘門所排除時段的聯集。",
  "excursion-count": `前後都有體內影格、且不超過 ${limits.longestExcursion} 秒的體外時段；另依鏡頭離開時所在的階段分列。`,
  "excursion-time": "上述時段的總和；另依鏡頭離開時所在的階段分列。",
  "lens-cleaning-count": "網路判定為清潔鏡頭的時段。鏡頭離開本身不算：畫面看不出鏡頭去了哪裡。",
  "lens-cleaning-time": "上述時段的聯集。",
  "phase-duration": "該階段所有片段的總和；網路認得但未判定出的階段為 0。",
  "phase-entry-count": "進入該階段的次數。同一階段中前後相接的片段算作一次：其間只隔著鏡頭離開。",
  "phase-longest-run": "該階段最長的一次，不計體外時間。",
  "transition-count": "一個階段之後接著另一個階段的次數；發生過的轉換另依接續的階段分列。",
  "instrument-time": "體內看得見該類器械之時段的聯集，絕非各框的總和。找過而未看見的類別為 0。",
  "instrument-share": `instrument-time 除以 ${lookedAt}。`,
  "instrument-phase-share": "階段內該器械的時間，除以 phase-duration 中為此看過的部分；只計曾進入的階段。",
  "idle-time": `至少 ${limits.shortestIdle} 秒、為找器械看過而未見任何器械的體內時段；另依階段分列。`,
  "idle-count": "上述時段的數目。",
  "idle-longest": "上述時段中最長者。",
  "exchange-count": `一類器械離開至少 ${limits.shortestAbsence} 秒，而另一類離開同樣久的器械進入：在其前 ${limits.exchangeOverlap} 秒至其後 ${limits.latestEntry} 秒之間，且前者尚未回來。體外時計時停止。與軌跡的身分無關。`,
  "exchanges-per-hour": "exchange-count 除以 in-body-time 中為找器械看過的部分，以小時計。",
  "two-instruments-time": "體內可見兩條以上穩定器械軌跡的時間。無人說明哪隻手拿著什麼時，以此代替雙手操作。",
  "two-instruments-share": "two-instruments-time 除以 in-body-time 中追蹤器械的部分。",
  "bimanual-time": "體內同時可見主刀醫師雙手穩定軌跡的時間：即名為 MSLH 與 MSRH 的標記。",
  "bimanual-share": "bimanual-time 除以 in-body-time 中追蹤器械的部分。",
  "path-length": "各穩定軌跡中，框中心所走路徑的總和，以畫面對角線為單位。",
  "mean-speed": "path-length 除以相同穩定軌跡的時間。",
  "mean-jerk": "框中心位置三階導數的均方根，取穩定軌跡中可得知的時間。需要連續四次觀察，相隔 0.2 至 0.5 秒。",
  "smoke-share": `有煙霧的時間除以 ${lookedAt}。`,
  "fog-share": `鏡頭起霧的時間除以 ${lookedAt}。`,
  "blur-share": `畫面模糊的時間除以 ${lookedAt}。`,
  "reflection-share": `有反光的時間除以 ${lookedAt}。`,
  "unusable-view-share": "全黑、凍結、模糊、過曝與曝光不足的畫面以及煙霧、起霧之聯集，除以 in-body-time 中為所有可得知的上述項目看過的部分。",
  "bleeding-count": "看得見出血之時段的數目。",
  "bleeding-time": "上述時段的聯集。",
  "bleeding-control-time": `對有沖洗器或雙極電燒回應的出血，從出血開始到最後一件停止之時間的平均。出血期間可見、或在結束前後 ${limits.bleedingTolerance} 秒內進入，且最遲在結束後 ${limits.latestControl} 秒停止，才算回應：停留更久者是在做別的事，止血無法歸因於它。`,
  "bleeding-area-share": `標記為 Blood 的遮罩所占畫面的比例，取出血期間看過之時間的平均。一個影格最多代表 ${limits.longestHold} 秒。`,
  "bleeding-area-largest": "上述比例中最大者。",
  "critical-view-held": `${firstClip}之前，C1 至 C3 中機率最低者達到網路門檻的最長時段。至少 ${limits.criticalViewHeld} 秒即為達成。一個影格代表到下一個影格為止，最多 ${limits.longestHold} 秒；若沒有任何 ${limits.criticalViewHeld} 秒是無間斷看過的，則不予告知。${firstClip}：夾閉器或剪刀可見達 ${limits.shortestClip} 秒，或出現在 ClippingCutting 階段；否則為該階段的開始。`,
  "critical-view-lead": `從視野已維持 ${limits.criticalViewHeld} 秒之時，到${firstClip}。`,
  "critical-view-probability": `上述最長時段中該條件的平均機率；沒有這樣的時段時，為${firstClip}之前的最高機率。`,
  "critical-view-rater-spread": `網路所預測之評分者答案標準差（標記 raterSd）的平均，取上述最長時段；沒有這樣的時段時，取${firstClip}之前。`,
};

/** A stored formula in Chinese; undefined where it is not the one that this version computes by, which nobody has translated. */
export const formulaInChinese = (name: string, formula: string): string | undefined =>
  Object.hasOwn(definitions, name) && definitions[name as MeasureName].formula === formula ? formulasInChinese[name as MeasureName] : undefined;
