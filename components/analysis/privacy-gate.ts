import type * as pulumi from "@pulumi/pulumi";
import { picturesPerPart, textCallsPerSecond } from "../../contracts/gate.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface PrivacyGateArgs {
  settings: FunctionSettings;
  lake: DataLake;
  /** The gate's network says itself what it misses. */
  catalogue: Catalogue;
  /** Whether this environment has Rekognition search pictures for burnt-in text. If not, no role may ask it. */
  searchesText: boolean;
  /** Analyses that run at once, at most: they share the calls that the account has. */
  analysesAtOnce: number;
}

/** Seconds that a part of the pictures may take to be searched, beside starting and saving. */
const longestSearchSeconds = 800;

/**
 * Finds burnt-in text in sampled pictures, and decides what the camera saw outside the patient, from the screening network's
 * results. That network's job is one of `SageMakerBranch`'s.
 */
export class PrivacyGate extends PlatformComponent {
  readonly searchPictures: PlatformFunction;
  readonly decideGate: PlatformFunction;
  /** What the state machine must be allowed to ask for the verdict. */
  readonly statements: readonly Statement[];

  constructor(name: string, { settings, lake, catalogue, searchesText, analysesAtOnce }: PrivacyGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:PrivacyGate", name, opts);
    const { processed } = lake;
    const most = Math.floor((longestSearchSeconds * textCallsPerSecond) / picturesPerPart);
    if (!(Number.isInteger(analysesAtOnce) && analysesAtOnce >= 1 && analysesAtOnce <= most))
      this.reject(
        "analysesAtOnce",
        `must be a whole number from 1 to ${most}, not ${analysesAtOnce}: they share ${textCallsPerSecond} calls of DetectText a second.`,
      );
    const environment = { PROCESSED_BUCKET: processed.bucket };
    const readFindings: Statement[] = [
      ...processed.allow("ReadResults", ["s3:GetObject"], lakePrefixes.results),
      processed.allowNoticingAbsence("NoticeMissingResults"),
      ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
    ];

    this.searchPictures = new PlatformFunction(
      {
        settings,
        handler: "prepare/search-pictures",
        description: "Finds burnt-in text in sampled pictures",
        timeoutSeconds: 900,
        memoryMb: 1024,
        environment: { ...environment, TEXT_CALLS_PER_SECOND: String(textCallsPerSecond / analysesAtOnce) },
        statements: [
          ...readFindings,
          ...processed.allow("WriteFoundText", ["s3:PutObject"], lakePrefixes.results),
          // Rekognition reads a picture with the rights of whoever asks it to, and its operations on pictures know no resources to name.
          ...(searchesText
            ? [allow("FindText", ["rekognition:DetectText"], ["*"]), ...processed.allow("ShowPicturesToRekognition", ["s3:GetObject"], lakePrefixes.pictures)]
            : []),
        ],
      },
      { parent: this },
    );
    this.decideGate = new PlatformFunction(
      {
        settings,
        handler: "prepare/decide-gate",
        description: "Decides which spans lie outside the patient, and where text is covered",
        timeoutSeconds: 300,
        memoryMb: 1024,
        environment: { ...environment, OPERATING_POINTS: operatingPoints(catalogue) },
        statements: [...readFindings, ...processed.allow("WriteMetadata", ["s3:PutObject"], lakePrefixes.metadata)],
      },
      { parent: this },
    );

    this.statements = [this.searchPictures.allowInvoke("SearchPictures"), this.decideGate.allowInvoke("DecideGate")];
    this.registerOutputs();
  }
}

/** What the gate's networks say that they miss, by their ids. */
const operatingPoints = ({ gate, models }: Catalogue): string =>
  JSON.stringify(
    Object.fromEntries(models.flatMap(({ model }) => (gate.models.includes(model.id) && model.operatingPoint ? [[model.id, model.operatingPoint]] : []))),
  );
