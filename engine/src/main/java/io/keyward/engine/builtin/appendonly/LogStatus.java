package io.keyward.engine.builtin.appendonly;

/**
 * How an append-only file fares, for INFO. Times are in seconds, -1 for none.
 *
 * @param enabled whether what is done is being written, or will be when the base is there
 * @param rewriting whether a base is being written
 * @param scheduled whether one is going to be
 * @param lastRewriteSeconds how long the last one took
 * @param presentRewriteSeconds how long the present one has taken so far
 * @param lastRewriteSucceeded whether it succeeded
 * @param rewritesBegun how many have been begun since the start or the last reset
 * @param rewrites bases written since the start
 * @param failuresInARow rewrites that have failed since one succeeded
 * @param lastWriteSucceeded whether the disk took what was written last
 * @param size bytes of all files
 * @param baseSize bytes of all files after the last rewrite, or at the start
 * @param waiting bytes that wait to be written
 * @param pendingForces files being forced to the disk now
 * @param delayedForces how often that took longer than a second
 */
public record LogStatus(
    boolean enabled,
    boolean rewriting,
    boolean scheduled,
    long lastRewriteSeconds,
    long presentRewriteSeconds,
    boolean lastRewriteSucceeded,
    long rewritesBegun,
    long rewrites,
    long failuresInARow,
    boolean lastWriteSucceeded,
    long size,
    long baseSize,
    long waiting,
    long pendingForces,
    long delayedForces) {}
