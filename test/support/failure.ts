/** The error that a promise rejects with; throws if it does not. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`Expected a rejection, but it resolved with ${JSON.stringify(value)}.`);
}
