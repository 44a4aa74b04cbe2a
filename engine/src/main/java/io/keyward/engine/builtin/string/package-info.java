/** The commands on strings and counters. */
@NullMarked
package io.keyward.engine.builtin.string;

import org.jspecify.annotations.NullMarked;
