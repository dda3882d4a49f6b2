/** Seconds between the two looks at the descriptors: longer than the read timeouts of pflogd (0.5 s) and tcpdump (1 s). */
export const SAMPLE_GAP = 2;
