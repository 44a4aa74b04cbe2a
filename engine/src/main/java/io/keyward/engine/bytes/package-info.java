/** Long rows of bytes in pieces, which are never copied or given back as a whole. */
@NullMarked
package io.keyward.engine.bytes;

import org.jspecify.annotations.NullMarked;
