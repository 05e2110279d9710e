/** Types of clients: those that the program makes, and those that AWS makes and the program configures. */
export const clientTypes = ["aws:cognito/userPoolClient:UserPoolClient", "aws:cognito/managedUserPoolClient:ManagedUserPoolClient"];
