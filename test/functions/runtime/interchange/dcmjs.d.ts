/** The part of dcmjs that tests use; the package has no types of its own. */
declare module "dcmjs" {
  const dcmjs: {
    data: {
      DicomMetaDictionary: {
        dictionary: Readonly<Record<string, { readonly name: string; readonly vr: string } | undefined>>;
        // biome-ignore lint/suspicious/noExplicitAny: a data set by the names of its attributes.
        naturalizeDataset(dataSet: object): any;
      };
      DicomMessage: { readFile(bytes: ArrayBuffer): { dict: object } };
      datasetToDict(natural: object): { write(): ArrayBuffer };
    };
  };
  export default dcmjs;
}
