/** The commands that see a string value as a row of bits, the first being the highest of byte 0. */
@NullMarked
package io.keyward.engine.builtin.bitmap;

import org.jspecify.annotations.NullMarked;
