/**
 * The packed encodings behind the data types, byte for byte as Redis lays them out, so that RDB and
 * DUMP take them as they are.
 */
@NullMarked
package io.keyward.engine.builtin.structure;

import org.jspecify.annotations.NullMarked;
