/** Runtimes of Lambda that AWS keeps up to date, and will for at least another year or as long as there is no newer one of their language. */
export const lambdaRuntimes = {
  asOf: "2026-11-26",
  source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
  names: ["dotnet10", "java21", "java25", "nodejs22.x", "nodejs24.x", "provided.al2023", "python3.12", "python3.13", "python3.14", "ruby3.4"],
} as const;
