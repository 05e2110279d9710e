/**
 * Words that, as part of a name, say that a value is about a patient: the identifiers of 45 CFR 164.514(b)(2)(i), as programs
 * call them. Words are separated as programs do: `patientName`, `PATIENT_NAME`, `patient-name`, `$.detail.patient.name`.
 */
export const revealingWords: readonly string[] = [
  "patient",
  "mrn",
  "ssn",
  "dob",
  "birth",
  "birthday",
  "birthdate",
  "surname",
  "lastname",
  "firstname",
  "fullname",
  "diagnosis",
  "diagnoses",
  "medicare",
  "medicaid",
  "insurance",
  "beneficiary",
  "phone",
  "telephone",
  "fax",
];

/** The first such word in a name or a text, if there is one. */
export function revealingWord(text: string): string | undefined {
  const words = text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.find((word) => revealingWords.includes(word));
}
