import type { Subjects } from "../../subjects.ts";

export const functions: Subjects = { types: ["aws:lambda/function:Function"], noun: "Function" };
