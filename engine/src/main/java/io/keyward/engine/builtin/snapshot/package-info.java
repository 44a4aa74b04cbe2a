/**
 * Keyspaces as they were at one instant, in RDB format, written in slices of time while clients go
 * on changing them; and the way back.
 */
@NullMarked
package io.keyward.engine.builtin.snapshot;

import org.jspecify.annotations.NullMarked;
