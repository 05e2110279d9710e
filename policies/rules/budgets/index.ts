import type { Policies } from "@pulumi/policy";
import { accountHasBudget } from "./account-has-budget.ts";
import { budgetTellsSomebody } from "./budget-tells-somebody.ts";

export const budgetsRules: Policies = [accountHasBudget, budgetTellsSomebody];
