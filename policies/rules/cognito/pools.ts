import type { Subjects } from "../../subjects.ts";

export const pools: Subjects = { types: ["aws:cognito/userPool:UserPool"], noun: "User pool" };
