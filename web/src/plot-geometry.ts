/** Where the plot of egress stands inside its holder, in CSS pixels; the cursor over it is placed by the same numbers. */
export const PLOT = { left: 62, right: 10, top: 10, bottom: 26 };
