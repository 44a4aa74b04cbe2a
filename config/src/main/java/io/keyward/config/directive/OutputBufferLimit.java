package io.keyward.config.directive;

/**
 * How much unsent output a client of one class may pile up before it is disconnected.
 *
 * @param hardBytes disconnect at once beyond this many bytes; 0 = no limit
 * @param softBytes disconnect when beyond this many bytes for {@code softSeconds}; 0 = no limit
 * @param softSeconds how long the soft limit may be exceeded, in seconds
 */
public record OutputBufferLimit(long hardBytes, long softBytes, long softSeconds) {}
