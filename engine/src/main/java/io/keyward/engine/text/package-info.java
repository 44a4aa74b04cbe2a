/**
 * The texts that the protocol is made of: numbers as Redis reads and writes them, and glob
 * patterns.
 */
@NullMarked
package io.keyward.engine.text;

import org.jspecify.annotations.NullMarked;
