/** The commands on sets. */
@NullMarked
package io.keyward.engine.builtin.set;

import org.jspecify.annotations.NullMarked;
