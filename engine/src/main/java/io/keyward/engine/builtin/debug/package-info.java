/** DEBUG: looks into a keyspace and sets up situations for tests; off unless it is enabled. */
@NullMarked
package io.keyward.engine.builtin.debug;

import org.jspecify.annotations.NullMarked;
