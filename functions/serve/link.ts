import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { parseUri } from "../../contracts/keys.ts";
import { presigningClient } from "../runtime/clients.ts";

const linkSeconds = 15 * 60;

/** Signs links that open an `s3://` object for 15 minutes, with the function's own rights. */
export function linkSigner(): (uri: string) => Promise<string> {
  const presigner = presigningClient();
  return (uri) => {
    const { bucket, key } = parseUri(uri);
    return getSignedUrl(presigner, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: linkSeconds });
  };
}
