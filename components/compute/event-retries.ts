/** How long EventBridge tries to deliver an event before it goes to the dead letters: a day, which is all that it does (EventBridge User Guide, "How EventBridge retries delivering events"). */
export const eventRetries = { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 } as const;
