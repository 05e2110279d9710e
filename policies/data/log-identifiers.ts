/**
 * Identifiers of people that CloudWatch Logs knows how to find and mask, among them those of 164.514(b)(2)(i) that it knows.
 * Source: CloudWatch Logs User Guide, "Types of data that you can protect".
 */
export const logIdentifiers = {
  asOf: "2026-06-30",
  source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protect-sensitive-log-data-types.html",
  names: [
    "Address",
    "DateOfBirth",
    "DriversLicense-US",
    "EmailAddress",
    "HealthInsuranceCardNumber-EU",
    "HealthInsuranceClaimNumber-US",
    "HealthInsuranceNumber-FR",
    "MedicareBeneficiaryNumber-US",
    "Name",
    "NationalProviderId-US",
    "NhsNumber-GB",
    "PassportNumber-US",
    "PersonalHealthNumber-CA",
    "PhoneNumber-US",
    "Ssn-US",
  ],
} as const;
