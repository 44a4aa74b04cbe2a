/**
 * The append-only file: what has been done, in Redis's own format, written beside the loops and
 * replayed at the start.
 */
@NullMarked
package io.keyward.engine.builtin.appendonly;

import org.jspecify.annotations.NullMarked;
