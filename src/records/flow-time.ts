/** SQL over flow columns for how long a flow lasted, microseconds; none where a clock was set back meanwhile. */
export const LASTED = 'greatest(coalesce(durationMicros, 0), 0)';

/** SQL over flow columns for a flow's last moment. */
export const ENDED = `(startedAt + ${LASTED})`;
