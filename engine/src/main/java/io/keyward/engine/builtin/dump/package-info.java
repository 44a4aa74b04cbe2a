/** Values in RDB format, of every type: what DUMP gives, RESTORE takes and files are made of. */
@NullMarked
package io.keyward.engine.builtin.dump;

import org.jspecify.annotations.NullMarked;
